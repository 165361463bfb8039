import type { Stream } from '@tfjs-moe/core';
import {
  binomial,
  type Family,
  gamma,
  gaussian,
  laplace,
  multinomial,
  negativeBinomial,
  poisson,
  studentT,
} from '@tfjs-moe/measures';

/** Every family, with a response for some number near 0, right or wrong as a model of it. */
export interface FamilyCase {
  readonly family: Family;
  readonly respond: (z: number, random: Stream) => number;
  /** Numbers of trials. */
  readonly trials?: number;
  readonly classes?: number;
}

const count = (z: number, random: Stream) => Math.floor(Math.exp(0.5 * z + 1.5 * random.uniform()));

export const families: readonly FamilyCase[] = [
  { family: gaussian(), respond: (z, random) => z + 0.3 * random.normal() },
  { family: studentT({ degreesOfFreedom: 3 }), respond: (z, random) => z + 0.3 / (0.05 + random.uniform()) },
  { family: laplace(), respond: (z, random) => z + 0.3 * Math.log(random.uniform() / random.uniform()) },
  { family: poisson(), respond: count },
  { family: negativeBinomial(), respond: count },
  { family: gamma(), respond: (z, random) => Math.exp(0.5 * z + 0.5 * random.normal()) },
  { family: binomial(), respond: (z, random) => Number(random.uniform() < 1 / (1 + Math.exp(-z))) },
  {
    family: binomial(),
    respond: (z, random) => Math.round((7 * random.uniform()) / (1 + Math.exp(-z))),
    trials: 7,
  },
  { family: multinomial(), respond: (_, random) => random.integer(3), classes: 3 },
];

/** What a family is called in tests. */
export const nameOf = ({ family, trials }: FamilyCase): string =>
  trials === undefined ? family.kind : `${family.kind} of ${trials}`;
