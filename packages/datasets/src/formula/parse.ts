import { MoeError } from '@tfjs-moe/core';
import type { Argument, Node, Sign } from './expression.ts';

/** The name that errors of formulas bear. */
export const WHO = 'formula';

/** What stands left of the tilde, and the two sides of the bar. */
export interface ParsedFormula {
  readonly response?: Node;
  readonly experts: Node;
  readonly gate?: Node;
}

const TOKEN =
  /(?:(\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)|((?:\p{L}|\.(?!\d))[\p{L}\p{N}._]*)|`([^`]+)`|"([^"]*)"|'([^']*)'|([~|+\-*/:^(),=]))/uy;

interface Token {
  readonly type: 'number' | 'name' | 'text' | 'sign' | 'end';
  readonly text: string;
  readonly at: number;
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  const end = text.trimEnd().length;
  let at = 0;
  while (at < end) {
    while (text[at]!.trim() === '') at++;
    TOKEN.lastIndex = at;
    const found = TOKEN.exec(text);
    if (found === null) {
      throw new MoeError(WHO, `place ${at + 1} of the formula cannot be read`, text.slice(at));
    }
    const [, number, name, quoted, double, single, sign] = found;
    const token = (type: Token['type'], value: string) => tokens.push({ type, text: value, at });
    if (number !== undefined) token('number', number);
    else if (name !== undefined || quoted !== undefined) token('name', name ?? quoted!);
    else if (double !== undefined || single !== undefined) token('text', double ?? single!);
    else token('sign', sign!);
    at = TOKEN.lastIndex;
  }
  tokens.push({ type: 'end', text: '', at: end });
  return tokens;
}

const LEVELS: readonly (readonly Sign[])[] = [['+', '-'], ['*', '/'], [':']];

/**
 * Reads a formula by the grammar of the guide: R's precedence, `^` before a sign before `:` before `*` and `/`.
 *
 * @throws MoeError that says at which place what was expected
 */
export function parseFormula(text: string): ParsedFormula {
  if (typeof text !== 'string') throw new MoeError(WHO, 'the formula must be a text', text);
  const reader = readerOf(text);
  const response = reader.is('~') ? undefined : reader.sum();
  reader.expect('~');
  const experts = reader.sum();
  const gate = reader.take('|') ? reader.sum() : undefined;
  reader.expectEnd();
  return { ...(response && { response }), experts, ...(gate && { gate }) };
}

/** Reads one expression, such as the text of a variable. */
export function parseExpression(text: string): Node {
  const reader = readerOf(text);
  const node = reader.sum();
  reader.expectEnd();
  return node;
}

function readerOf(text: string) {
  const tokens = tokensOf(text);
  let place = 0;
  const next = () => tokens[place]!;
  const is = (sign: string) => next().type === 'sign' && next().text === sign;

  function take(sign: string): boolean {
    if (!is(sign)) return false;
    place++;
    return true;
  }

  function expected(what: string): MoeError {
    return new MoeError(WHO, `place ${next().at + 1} of the formula must be ${what}`, text.slice(next().at));
  }

  function expect(sign: string): void {
    if (!take(sign)) throw expected(`"${sign}"`);
  }

  function expectEnd(): void {
    if (next().type !== 'end') throw expected('a sign between two terms, or the end');
  }

  function level(of: number): Node {
    const signs = LEVELS[of];
    if (signs === undefined) return signed();
    let left = level(of + 1);
    for (;;) {
      const sign = signs.find(is);
      if (sign === undefined) return left;
      place++;
      left = { type: 'binary', sign, left, right: level(of + 1) };
    }
  }

  function signed(): Node {
    for (const sign of ['+', '-'] as const) if (take(sign)) return { type: 'unary', sign, of: signed() };
    const left = primary();
    return take('^') ? { type: 'binary', sign: '^', left, right: signed() } : left;
  }

  function primary(): Node {
    if (take('(')) {
      const of = level(0);
      expect(')');
      return { type: 'brackets', of };
    }
    const token = next();
    if (token.type === 'sign' || token.type === 'end') throw expected('a name, a number or a bracket');
    place++;
    if (token.type === 'number') return { type: 'number', value: Number(token.text) };
    if (token.type === 'text') return { type: 'text', value: token.text };
    return take('(') ? { type: 'call', of: token.text, args: args() } : { type: 'name', name: token.text };
  }

  function args(): Argument[] {
    const found: Argument[] = [];
    if (take(')')) return found;
    do {
      const value = level(0);
      if (!take('=')) found.push({ value });
      else if (value.type === 'name') found.push({ name: value.name, value: level(0) });
      else throw expected('the value of a named argument');
    } while (take(','));
    expect(')');
    return found;
  }

  return { sum: () => level(0), is, take, expect, expectEnd };
}
