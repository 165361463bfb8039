import { expectOneOf, MoeError } from '@tfjs-moe/core';
import { type Rational, rationalText } from '@tfjs-moe/numerics/exact';
import type { FunctionLabel } from './labelled-family.ts';
import { type RelationName, relationName } from './relation-name.ts';

/** `zero function`: $f = 0$; `same-order duplicate`: all functions are of one order; `cross-order`: they are not. */
export type RelationKind = 'same-order duplicate' | 'cross-order' | 'zero function';

/**
 * How a relation is known. `formal ring`: proved, from identities. `prime fields`: true up to a probability far below
 * $10^{-50}$. `numerical`: evidence only, it holds to the precision used at points that were not fitted.
 */
export type Proof = 'formal ring' | 'prime fields' | 'numerical';

/** One function of a relation, with its coefficient. */
export interface RelationTerm {
  readonly label: FunctionLabel;
  /** A fraction, or a float64 number where the relation is numerical. */
  readonly coefficient: Rational | number;
}

/**
 * A linear relation between derivatives, with how it was proved and, where its pattern is known, its name.
 */
export interface NamedRelation {
  readonly kind: RelationKind;
  readonly proof: Proof;
  /** What it is called, where its pattern is known. */
  readonly knownAs?: RelationName;
  /** The function on the left, with coefficient 1. */
  readonly left: FunctionLabel;
  /** The combination on the right; empty for the zero function. */
  readonly terms: readonly RelationTerm[];
  /** `d_b d_beta F = d_a F` */
  readonly text: string;
  readonly latex: string;
}

/**
 * A linear relation between named functions, $f = \sum_i c_i f_i$, as numbers, as text and as LaTeX.
 *
 * Classifies a relation and writes it down.
 */
export function namedRelation(
  proof: Proof,
  left: FunctionLabel,
  terms: readonly RelationTerm[],
): NamedRelation {
  const who = 'namedRelation';
  expectOneOf(who, 'proof', proof, ['formal ring', 'prime fields', 'numerical']);
  if (typeof left?.text !== 'string') throw new MoeError(who, 'left must be the label of a function', left);
  if (!Array.isArray(terms))
    throw new MoeError(who, 'terms must be a list of labels with coefficients', terms);
  const knownAs = relationName(left, terms);
  return {
    kind: kindOf(left, terms),
    proof,
    ...(knownAs && { knownAs }),
    left,
    terms,
    text: `${left.text} = ${sum(terms, ({ text }) => text, plain)}`,
    latex: `${left.latex} = ${sum(terms, ({ latex }) => latex, fraction)}`,
  };
}

function kindOf(left: FunctionLabel, terms: readonly RelationTerm[]): RelationKind {
  if (terms.length === 0) return 'zero function';
  return terms.every(({ label }) => label.order === left.order) ? 'same-order duplicate' : 'cross-order';
}

interface Coefficient {
  readonly negative: boolean;
  readonly size: string;
}

function sum(
  terms: readonly RelationTerm[],
  name: (label: FunctionLabel) => string,
  write: (coefficient: Rational | number) => Coefficient,
): string {
  if (terms.length === 0) return '0';
  return terms
    .map(({ label, coefficient }, i) => {
      const { negative, size } = write(coefficient);
      const sign = i === 0 ? (negative ? '-' : '') : negative ? ' - ' : ' + ';
      return `${sign}${size === '1' ? '' : `${size} `}${name(label)}`;
    })
    .join('');
}

function plain(coefficient: Rational | number): Coefficient {
  if (typeof coefficient === 'number') return decimal(coefficient);
  const text = rationalText(coefficient);
  const negative = text.startsWith('-');
  return { negative, size: negative ? text.slice(1) : text };
}

function fraction(coefficient: Rational | number): Coefficient {
  if (typeof coefficient === 'number') return decimal(coefficient);
  const { negative, size } = plain(coefficient);
  const [above, below] = size.split('/');
  return { negative, size: below === undefined ? size : `\\tfrac{${above}}{${below}}` };
}

function decimal(coefficient: number): Coefficient {
  return { negative: coefficient < 0, size: String(Number(Math.abs(coefficient).toPrecision(12))) };
}
