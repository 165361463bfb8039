import { type Place, wrongAt } from './place.ts';

/** What a strict reader makes of JSON: objects are maps, and numbers keep their digits, so nothing is rounded. */
export type StrictJson = string | boolean | null | JsonNumber | readonly StrictJson[] | JsonObject;

/** An object of JSON, in the order of the file. A map has no prototype that a name could reach. */
export type JsonObject = ReadonlyMap<string, StrictJson>;

/** A number as it is written. */
export interface JsonNumber {
  readonly digits: string;
}

/** Objects in objects: deeper ones would end on the engine's stack. */
const DEEPEST = 64;

const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const plain = /[ !#-[\]-\uffff]*/y;
const hex = /[0-9a-fA-F]{4}/y;
const escapes: ReadonlyMap<string, string> = new Map([
  ...['"', '\\', '/'].map((each) => [each, each] as const),
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
]);

/**
 * JSON as its standard has it and no more: a name that stands twice, a lone surrogate, bytes that are no UTF-8 and
 * anything after the end are refused with their place. `JSON.parse` keeps the last of two equal names without a word.
 *
 * @param bytes of the text
 * @param place named in errors, `byte` being where the text begins
 */
export function parseStrictJson(bytes: Uint8Array, place: Place): StrictJson {
  const text = decodeUtf8(bytes, place);
  let at = 0;
  const value = parseValue(0);
  skipSpace();
  if (at < text.length) throw wrong('nothing may follow the end of the JSON');
  return value;

  function parseValue(depth: number): StrictJson {
    if (depth > DEEPEST) throw wrong(`JSON may be nested ${DEEPEST} levels deep`);
    skipSpace();
    const first = text[at];
    if (first === '{') return parseObject(depth);
    if (first === '[') return parseArray(depth);
    if (first === '"') return parseString();
    for (const [word, meaning] of words) {
      if (!text.startsWith(word, at)) continue;
      at += word.length;
      return meaning;
    }
    const digits = match(number);
    if (digits === undefined || digits === '') throw wrong('JSON is wrong here', first);
    return { digits };
  }

  function parseObject(depth: number): JsonObject {
    const members = new Map<string, StrictJson>();
    list('}', () => {
      skipSpace();
      if (text[at] !== '"') throw wrong('a name in quotes must stand here', text[at]);
      const began = at;
      const name = parseString();
      if (members.has(name)) {
        at = began;
        throw wrong('the same name stands twice in one object', name);
      }
      skipSpace();
      if (text[at] !== ':') throw wrong('a colon must stand here', text[at]);
      at++;
      members.set(name, parseValue(depth + 1));
    });
    return members;
  }

  function parseArray(depth: number): StrictJson[] {
    const items: StrictJson[] = [];
    list(']', () => items.push(parseValue(depth + 1)));
    return items;
  }

  function list(end: string, parseItem: () => void): void {
    at++;
    skipSpace();
    if (text[at] === end) {
      at++;
      return;
    }
    for (;;) {
      parseItem();
      skipSpace();
      const next = text[at];
      if (next !== ',' && next !== end) throw wrong(`a comma or ${end} must stand here`, next);
      at++;
      if (next === end) return;
    }
  }

  function parseString(): string {
    const began = at;
    at++;
    let value = '';
    for (;;) {
      value += match(plain) ?? '';
      const next = text[at];
      if (next === '"') break;
      if (next !== '\\')
        throw wrong('a string must end in a quote, and control characters are escaped', next);
      at++;
      value += parseEscape();
    }
    at++;
    if (loneSurrogate.test(value)) {
      at = began;
      throw wrong('a string has half a character');
    }
    return value;
  }

  function parseEscape(): string {
    const letter = text[at++];
    if (letter === 'u') {
      const code = match(hex);
      if (code === undefined) throw wrong('four hexadecimal digits must stand here', text[at]);
      return String.fromCharCode(Number.parseInt(code, 16));
    }
    const meaning = escapes.get(letter ?? '');
    if (meaning === undefined) throw wrong('no such escape', letter);
    return meaning;
  }

  function match(pattern: RegExp): string | undefined {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    if (found !== undefined) at += found.length;
    return found;
  }

  function skipSpace(): void {
    while (text[at] === ' ' || text[at] === '\n' || text[at] === '\r' || text[at] === '\t') at++;
  }

  function wrong(rule: string, ...received: readonly [value?: unknown]) {
    const byte = (place.byte ?? 0) + new TextEncoder().encode(text.slice(0, at)).length;
    return wrongAt({ ...place, byte }, rule, ...received);
  }
}

const words = [
  ['true', true],
  ['false', false],
  ['null', null],
] as const;

const loneSurrogate = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

function decodeUtf8(bytes: Uint8Array, place: Place): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw wrongAt(place, 'the text must be UTF-8');
  }
}
