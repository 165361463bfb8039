import { MoeError } from '@tfjs-moe/core';
import {
  gateTraits,
  type Level,
  levelsOf,
  type MixingMeasure,
  measureSpecs,
  routerName,
  routerTraits,
  withAtoms,
  withChanged,
} from '@tfjs-moe/measures';

/** A truth with some atoms twice. */
interface Twice {
  readonly other: MixingMeasure;
  /** Where the two copies of the atom are. */
  readonly places: readonly [number, number];
  /** The copies of every atom that is there twice, those of the atom included. */
  readonly pairs: readonly (readonly [number, number])[];
}

/** The level of a gate that weighs single experts: the gate itself, or the innermost one of a tree. */
export function innermost({ gate, experts }: MixingMeasure): Level | undefined {
  const { form } = gateTraits(gate, experts);
  return form && levelsOf(form, experts).at(-1);
}

/**
 * One atom twice in a row. Under a tree, whose groups are of one size, the first atom of every other group is there twice
 * as well.
 */
export function twice(truth: MixingMeasure, atom: number): Twice {
  const sizes = innermost(truth)?.sizes ?? [truth.experts];
  const members = sizes[0]!;
  if (sizes.some((size) => size !== members)) {
    throw new MoeError(
      'counterexample',
      'groups of unequal sizes have no place for an atom that is there twice; sizes',
      sizes,
    );
  }
  const group = Math.floor(atom / members);
  const isTwice = (e: number) => e === atom || (e % members === 0 && Math.floor(e / members) !== group);
  const sources: number[] = [];
  const pairs: [number, number][] = [];
  let places: readonly [number, number] = [0, 1];
  for (let e = 0; e < truth.experts; e++) {
    if (isTwice(e)) {
      const pair: [number, number] = [sources.length, sources.length + 1];
      if (e === atom) places = pair;
      pairs.push(pair);
      sources.push(e);
    }
    sources.push(e);
  }
  return { other: withAtoms(truth, sources), places, pairs };
}

/**
 * One atom twice, with half its weight each, so that the function is the same: a softmax takes $\tau\ln 2$ off both
 * biases, a sigmoid whose logit is a constant b has $\sigma(-\ln(1 + 2e^{-b})) = \sigma(b) / 2$.
 */
export function halved(who: string, truth: MixingMeasure, atom: number, gateBias?: string): Twice {
  const level = innermost(truth);
  const bias = gateBias ?? (level === undefined ? 'bias' : level.form.bias);
  if (bias === undefined || !Object.hasOwn(measureSpecs(truth).gate, bias)) {
    throw new MoeError(
      who,
      `the weight of an atom cannot be halved: the gate has no ${bias === undefined ? 'bias' : `parameter "${bias}"`}`,
    );
  }
  if (level?.form.selection !== undefined) {
    throw new MoeError(who, 'the gate selects its experts, and an atom that is there twice takes two places');
  }
  const doubled = twice(truth, atom);
  let { other } = doubled;
  for (const place of doubled.pairs.flat()) other = withHalf(who, other, place, bias);
  return { ...doubled, other };
}

/** All atoms twice, each copy with half the weight; without a bias a softmax halves them by itself. */
export function allHalved(who: string, truth: MixingMeasure, gateBias?: string): MixingMeasure {
  let other = withAtoms(truth, Array.from({ length: truth.experts }, (_, e) => [e, e]).flat());
  const bias = gateBias ?? innermost(truth)?.form.bias;
  if (bias === undefined) return other;
  for (let place = 0; place < other.experts; place++) other = withHalf(who, other, place, bias);
  return other;
}

function withHalf(who: string, of: MixingMeasure, place: number, bias: string): MixingMeasure {
  const level = innermost(of);
  const half =
    level?.form.type === 'sigmoid'
      ? halfOfSigmoid(who, of, level, place)
      : (value: number) => value - Math.LN2 * temperatureAt(of, level, place);
  return withChanged(of, 'gate', bias, place, half);
}

/** $\tau$ of the level of an atom; 1 without one. */
function temperatureAt(of: MixingMeasure, level: Level | undefined, atom: number): number {
  const name = level?.form.type === 'competitive' ? level.form.temperature : undefined;
  const numbers = name === undefined ? undefined : of.gateParams[name];
  if (numbers === undefined) return 1;
  return numbers[Math.floor((atom * numbers.length) / of.experts)]!;
}

function halfOfSigmoid(who: string, of: MixingMeasure, { form }: Level, place: number) {
  const { kernel = 'kernel' } = routerTraits(form.router).form ?? {};
  const numbers = of.gateParams[routerName(form, kernel)] ?? [];
  const size = numbers.length / of.experts;
  const own = numbers.slice(place * size, (place + 1) * size);
  if (own.some((value) => value !== 0)) {
    throw new MoeError(
      who,
      'the gate of the atom depends on the input (regime 2), and no two sigmoids add up to such a one; see amplitudeSplit',
    );
  }
  return (value: number) => -Math.log1p(2 * Math.exp(-value));
}
