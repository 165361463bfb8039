import { MoeError } from '@tfjs-moe/core';
import { selects } from '@tfjs-moe/measures';
import { problemOfFit } from '../fitted-sample.ts';
import { contrastsOf } from '../inference/contrasts.ts';
import { derivativesPass } from '../likelihood/passes/derivatives-pass.ts';
import type { Problem } from '../likelihood/problem/problem.ts';
import { expectFit, expectUnpenalised } from '../likelihood/report/expect-fit.ts';
import type { MaximumLikelihoodFit } from '../likelihood/report/fit.ts';
import { type LinearCombination, linearCombinations } from '../linear-combinations.ts';
import { columnsOfSample, type Sample } from '../sample.ts';
import { combinationAlong } from './combination-along.ts';
import type { Constrained } from './constrained-climb.ts';
import { type Highest, highestAlong } from './highest-along.ts';
import { whyNotFollowed } from './why-not-followed.ts';

/** The profile of a combination, from the largest likelihood on. */
export interface ProfileOf {
  readonly who: string;
  readonly text: string;
  /** The fit's maximum. */
  readonly top: Constrained;
  /** Of the combination there; of a dispersion its logarithm. */
  readonly value: number;
  /** Of that value. */
  readonly standardError: number;
  readonly highest: Highest;
  /** Why none follows a point, where none does. */
  readonly whyNot: (at: Float64Array) => string;
  /** The number that is told, of one that is held. */
  readonly told: (held: number) => number;
}

/**
 * Profiles of combinations as they are written.
 * @throws MoeError for names that are none, numbers that the data do not determine or whose profile has steps, and for a sample
 * that is not the fit's
 */
export function profilesOf(
  who: string,
  fit: MaximumLikelihoodFit,
  sample: Sample,
  written: string | readonly string[],
): ProfileOf[] {
  expectFit(who, fit);
  expectUnpenalised(who, fit, 'profile intervals');
  const rows = [written].flat().flatMap((each) => linearCombinations(who, fit.estimates, each as string));
  if (rows.length === 0) throw new MoeError(who, 'written must have a name', written);
  if (!fit.converged) throw new MoeError(who, 'the fit must have converged', fit.ending);
  // In the words of the caller.
  columnsOfSample(who, sample);
  const { problem, evaluate, at } = problemOfFit(who, fit, sample);
  if (selects(fit.measure) && problem.selection === undefined)
    throw new MoeError(
      who,
      'the gate must choose by its largest scores, or give every expert a weight',
      fit.measure.gate.kind,
    );
  const differentiate = derivativesPass(problem, evaluate);
  const top = differentiate(at);
  return rows.map((row) => {
    const along = combinationAlong(fit, problem, row);
    expectOnePart(who, problem, along, row.text);
    const { value, standardError, text } = contrastsOf(who, fit, [row], {
      errors: 'observed',
      level: 0.95,
    })[0]!;
    const dispersion = dispersionOf(who, fit, row);
    const held = { problem, evaluate, differentiate, along };
    return {
      who,
      text,
      top: { at, value: top.value, slope: 0 },
      value: dispersion === undefined ? value : Math.log(dispersion),
      standardError: dispersion === undefined ? standardError : standardError / dispersion,
      highest: highestAlong(held, at, top),
      whyNot: (from: Float64Array) => whyNotFollowed(held, from),
      told: dispersion === undefined ? (held: number) => held : Math.exp,
    };
  });
}

/** The dispersion that a row is of, which is held by its logarithm; nothing where it is of coefficients. */
function dispersionOf(
  who: string,
  { estimates }: MaximumLikelihoodFit,
  { text, coefficients, constant }: LinearCombination,
): number | undefined {
  const places = Array.from(coefficients.keys()).filter((i) => coefficients[i] !== 0);
  if (places.every((i) => estimates[i]!.part !== 'noise')) return undefined;
  if (places.length === 1 && coefficients[places[0]!] === 1 && constant === 0)
    return estimates[places[0]!]!.value;
  throw new MoeError(who, 'of a dispersion written must be its name alone', text);
}

/** Where the likelihood is not smooth, a combination is of the experts or of the gate; where a gate selects, not of the gate. */
function expectOnePart(
  who: string,
  { selection, family, coordinates: { firstExpert } }: Problem,
  along: Float64Array,
  text: string,
): void {
  const has = (from: number, to: number) => along.subarray(from, to).some((each) => each !== 0);
  const isOfGate = has(0, firstExpert);
  if (selection !== undefined && isOfGate)
    throw new MoeError(
      who,
      "a gate that selects has no profiles of its own numbers: in them the likelihood has a step wherever a row changes its experts, and falls by no chi-square; an expert's have them, within the selection of the fit",
      text,
    );
  if (family.isLeastAbsolute === true && isOfGate && has(firstExpert, along.length))
    throw new MoeError(who, `under ${family.kind} noise written must be of experts or of the gate`, text);
}
