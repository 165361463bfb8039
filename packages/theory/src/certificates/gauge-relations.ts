import { columns, columnsOf, spreadColumn } from '@tfjs-moe/numerics';
import { functionLabel } from '../mixture/labels.ts';
import type { CertifiedRelation } from './certificate.ts';
import { derivativesOfProgram } from './derivatives-of-program.ts';
import type { MixtureProgram } from './mixture-program.ts';

/** A sum below this part of its terms is taken for zero here; the verifier proves it. */
const CLOSE = 1e-8;
const INPUTS = 5;

/**
 * Why nothing is lost with the parameters that are asked about by no function: their derivatives are zero, or minus the
 * sum of those of the same number of other atoms, all of them or those of one group. What is neither is left out, and
 * the verifier says so.
 */
export function gaugeRelations(
  model: MixtureProgram,
  functions: readonly string[],
  experts: number,
): CertifiedRelation[] {
  const asked = new Set(functions);
  const x = Array.from({ length: INPUTS }, (_, n) =>
    Array.from({ length: model.inputDim }, (__, u) => Math.sin(1 + 3 * n + 7 * u)),
  );
  const labels = model.parameters.map(({ name }) => functionLabel([], [name], 'f'));
  const values = derivativesOfProgram(model, labels)
    .evaluate(columns, columnsOf(x))
    .map((value) => spreadColumn(value, INPUTS));
  const place = new Map(model.parameters.map(({ name }, i) => [name, i]));
  return model.parameters.flatMap(({ name }) => {
    if (asked.has(name)) return [];
    const found = [[], ...groupsOf(name, experts)].find((others) => {
      if (!others.every((other) => asked.has(other))) return false;
      const all = [name, ...others].map((other) => values[place.get(other) ?? -1]);
      return (
        all.every((column) => column !== undefined) &&
        x.every((_, n) => {
          const entries = all.map((column) => column![n]!);
          const sum = entries.reduce((a, b) => a + b, 0);
          return Math.abs(sum) <= CLOSE * entries.reduce((a, b) => a + Math.abs(b), 0);
        })
      );
    });
    return found ? [{ left: name, terms: found.map((other) => [other, '-1'] as const) }] : [];
  });
}

/** The same number of the other atoms, of all or of an equal group with this one. */
function groupsOf(name: string, experts: number): string[][] {
  const [, stem, copy] = /^(.*)#(\d+)$/.exec(name) ?? [];
  if (stem === undefined) return [];
  const own = Number(copy);
  // The smallest first: what sums to zero in every group does so in all together.
  const sizes = Array.from({ length: experts }, (_, i) => i + 1).filter((size) => experts % size === 0);
  return sizes.map((size) => {
    const first = Math.floor(own / size) * size;
    return Array.from({ length: size }, (_, m) => first + m)
      .filter((e) => e !== own)
      .map((e) => `${stem}#${e}`);
  });
}
