import {
  arrayInput,
  arrayOps,
  arrayParam,
  type Expert,
  mapNames,
  type Numbers,
  paramSize,
  stream,
  tableOf,
} from '@tfjs-moe/core';
import { expertTraits } from '@tfjs-moe/measures';

/** Parameters that may be multiplied with c > 0 together, which multiplies the output with $c^{\text{degree}}$. */
export interface Amplitude {
  readonly parameters: readonly string[];
  readonly degree: number;
}

/**
 * The amplitude of an expert: what it is linear in, or its only affine map where that is not activated, activated by
 * ReLU, or raised to a power. Where no trait says it, sets of parameters are tried, the small ones first. Nothing for an
 * expert that is homogeneous in none of its parameters.
 */
export function amplitudeOf(expert: Expert): Amplitude | undefined {
  const { form, linearIn = [] } = expertTraits(expert);
  if (linearIn.length > 0) return { parameters: linearIn, degree: 1 };
  if (form !== undefined) {
    const { kernel, bias, activation = 'identity', degree = 1 } = form;
    if (activation !== 'identity' && activation !== 'relu') return undefined;
    return { parameters: [kernel, bias].filter((name) => name !== undefined), degree };
  }
  if (!tried.has(expert)) tried.set(expert, triedAmplitude(expert));
  return tried.get(expert);
}

const tried = new WeakMap<Expert, Amplitude | undefined>();

/** Sets of more parameters than these are not tried one by one. */
const MOST_NAMES = 8;
const INPUTS = 2;
const ROWS = 24;
const DRAWS = 16;
const CLOSE = 1e-9;

function triedAmplitude(expert: Expert): Amplitude | undefined {
  const specs = expert.params(INPUTS, 1);
  const names = Object.keys(specs);
  if (names.length === 0 || names.length > MOST_NAMES) return undefined;
  const random = stream(0, 'amplitude');
  const rows = Array.from({ length: ROWS }, () => Array.from({ length: INPUTS }, () => random.normal()));
  const draw = () =>
    mapNames(specs, (spec) => Array.from({ length: paramSize(spec) }, () => random.normal()));
  const outputAt =
    (numbers: Numbers) =>
    (parameters: readonly string[], factor: number): number[] => {
      const given = mapNames(specs, (spec, name) => {
        const scaled = numbers[name]!.map((value) => (parameters.includes(name) ? factor * value : value));
        return arrayParam(spec, 1, scaled);
      });
      return tableOf(expert.apply(arrayOps, arrayInput(rows), given)).map((row) => row[0]!);
    };
  // A unit that is silent at most inputs would say nothing.
  const output = Array.from({ length: DRAWS }, () => outputAt(draw())).find(
    (of) => of([], 1).filter((value) => value !== 0).length > ROWS / 2,
  );
  if (output === undefined) return undefined;
  const plain = output([], 1);
  const sets = Array.from({ length: 2 ** names.length - 1 }, (_, i) =>
    names.filter((_, bit) => ((i + 1) >> bit) % 2 === 1),
  ).sort((a, b) => a.length - b.length);
  for (const parameters of sets) {
    const degree = Math.log2(ratioOf(output(parameters, 2), plain) ?? 1);
    const third = ratioOf(output(parameters, 3), plain);
    const isPower = third !== undefined && Math.abs(third / 3 ** degree - 1) < CLOSE;
    if (isPower && degree > CLOSE) return { parameters, degree: Math.round(degree * 1e6) / 1e6 };
  }
  return undefined;
}

/** What all outputs are multiplied with; nothing where that is not one positive number. */
function ratioOf(scaled: readonly number[], plain: readonly number[]): number | undefined {
  const most = Math.max(...plain.map(Math.abs));
  const there = plain.flatMap((value, i) => (Math.abs(value) > 1e-3 * most ? [scaled[i]! / value] : []));
  const [first] = there;
  if (first === undefined || !(first > 0) || there.length < ROWS / 4) return undefined;
  const isCommon = plain.every((value, i) => Math.abs(scaled[i]! - first * value) <= CLOSE * first * most);
  return isCommon ? first : undefined;
}
