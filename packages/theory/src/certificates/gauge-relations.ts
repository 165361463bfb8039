import { MoeError } from '@tfjs-moe/core';
import { columns, columnsOf, spreadColumn } from '@tfjs-moe/numerics';
import { rationalText } from '@tfjs-moe/numerics/exact';
import type { Allowance } from '../decide/allowance.ts';
import { formally } from '../decide/exact.ts';
import { functionLabel } from '../mixture/labels.ts';
import { derivativesOfProgram } from '../program/derivatives-of-program.ts';
import type { MixtureProgram } from '../program/mixture-program.ts';
import type { CertifiedRelation } from './certificate.ts';

/** A sum below this part of its terms is taken for zero here; the verifier proves it. */
const CLOSE = 1e-8;
const INPUTS = 60;
/** Inputs are drawn farther and farther out: a ReLU that is met nowhere has derivatives that sum to zero with anything. */
const SPREADS = [1, 4, 16];

/**
 * Why nothing is lost with the parameters that no function asks about: each of their derivatives is zero, or minus the
 * sum of those of the same number of other atoms, of all or of one group, or another combination of those of the gate,
 * as for centres whose common shift is a common tilt.
 */
export function gaugeRelations(
  model: MixtureProgram,
  functions: readonly string[],
  experts: number,
  allowance: Allowance,
): CertifiedRelation[] {
  const asked = new Set(functions);
  const x = Array.from({ length: INPUTS }, (_, n) =>
    Array.from(
      { length: model.inputDim },
      (__, u) => SPREADS[n % SPREADS.length]! * Math.sin(1 + 3 * n + 7 * u),
    ),
  );
  const labels = model.parameters.map(({ name }) => functionLabel([], [name], 'f'));
  const values = derivativesOfProgram(model, labels)
    .evaluate(columns, columnsOf(x))
    .map((value) => spreadColumn(value, INPUTS));
  const place = new Map(model.parameters.map(({ name }, i) => [name, i]));

  /** Whether the derivatives in some parameters sum to zero at the inputs. */
  function cancel(names: readonly string[]): boolean {
    const all = names.map((name) => values[place.get(name)!]!);
    return x.every((_, n) => {
      const entries = all.map((column) => column[n]!);
      const size = entries.reduce((a, b) => a + Math.abs(b), 0);
      return Math.abs(entries.reduce((a, b) => a + b, 0)) <= CLOSE * size;
    });
  }

  return model.parameters.flatMap(({ name }) => {
    if (asked.has(name)) return [];
    const others = [[], ...groupsOf(name, experts)].find(
      (names) => names.every((other) => asked.has(other)) && cancel([name, ...names]),
    );
    if (others) return [{ left: name, terms: others.map((other) => [other, '-1'] as const) }];
    return [solved(model, functions, name, allowance)];
  });
}

/** The same number of the other atoms, of all, of an equal group with this one, or of a group that ends with it. */
function groupsOf(name: string, experts: number): string[][] {
  const [, stem, copy] = /^(.*)#(\d+)$/.exec(name) ?? [];
  if (stem === undefined) return [];
  const own = Number(copy);
  // The smallest first: what sums to zero in every group does so in all together.
  const sizes = Array.from({ length: experts }, (_, i) => i + 1).filter((size) => experts % size === 0);
  const groups = [
    ...sizes.map((size) => ({ size, first: Math.floor(own / size) * size })),
    ...Array.from({ length: own }, (_, i) => ({ size: i + 2, first: own - i - 1 })),
  ].sort((a, b) => a.size - b.size);
  return groups.map(({ size, first }) => {
    return Array.from({ length: size }, (_, m) => first + m)
      .filter((e) => e !== own)
      .map((e) => `${stem}#${e}`);
  });
}

/** The derivative in a parameter as a combination of those in asked parameters of the gate, in a formal ring. */
function solved(
  model: MixtureProgram,
  functions: readonly string[],
  left: string,
  allowance: Allowance,
): CertifiedRelation {
  const gate = functions.filter((name) => name.startsWith('gate/'));
  const labels = [...gate, left].map((name) => functionLabel([], [name], 'f'));
  const found = formally(derivativesOfProgram(model, labels), allowance.upTo(allowance.left / 4));
  const relation = found?.relations.find(({ column }) => column === gate.length);
  if (relation === undefined) {
    throw new MoeError(
      'certificateToJSON',
      `no exact relation was found by which the derivative in ${left}, which the gauge fixes, says nothing new`,
    );
  }
  const terms = [...relation.coefficients].map(([i, c]) => [gate[i]!, rationalText(c)] as const);
  return { left, terms };
}
