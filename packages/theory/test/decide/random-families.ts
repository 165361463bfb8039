/**
 * Random families and mixtures, with a planted relation and without: what is planted is never called independent, and
 * what is called dependent holds at inputs that nobody has seen. Used by a test, and at length by
 * `scripts/random-families.mjs`.
 */
import { defineExpert, defineRouter, type Ops, type Stream, stream } from '@tfjs-moe/core';
import { softmax } from '@tfjs-moe/gates';
import {
  type Column,
  columns,
  columnsOf,
  type Elementary,
  type Ring,
  spreadColumn,
} from '@tfjs-moe/numerics';
import { rationalText } from '@tfjs-moe/numerics/exact';
import { decide, identifiability, type LabelledFamily, type Verdict } from '@tfjs-moe/theory';

/** What became of the families, and what was wrong. */
export interface Outcome {
  readonly counts: Readonly<Record<string, number>>;
  readonly wrong: readonly string[];
}

/** Millions of operations for one family. */
const BUDGET = 150;
/** One family of so many is a mixture, which takes longer. */
const EVERY = 12;

/** @param told called with the number of families that are done */
export function randomFamilies(
  seed: number,
  count: number,
  told: (done: number) => void = () => {},
): Outcome {
  const counts: Record<string, number> = {};
  const wrong: string[] = [];
  for (let n = 0; n < count; n++) {
    const random = stream(seed, 'families', n);
    const { kind, verdict, fault } = n % EVERY === EVERY - 1 ? mixture(random, n) : ofFunctions(random);
    const key = `${kind}: ${verdict}`;
    counts[key] = (counts[key] ?? 0) + 1;
    if (fault !== undefined) wrong.push(`family ${n} of seed ${seed}, ${kind}: ${fault}`);
    told(n + 1);
  }
  return { counts, wrong };
}

interface Judged {
  readonly kind: string;
  readonly verdict: Verdict['verdict'];
  readonly fault?: string | undefined;
}

/** A program of one input: what experts are made of, nested. */
type Program = <S>(ring: Ring<S>, x: S) => S;

const smooth: readonly Elementary[] = ['tanh', 'sigmoid', 'gelu', 'exp', 'softplus', 'silu'];
const oneOf = <T>(random: Stream, items: readonly T[]): T => items[random.integer(items.length)]!;

/** Numbers of every size; few of the middle ones, so that they coincide often. */
function numberOf(random: Stream): number {
  const sign = random.integer(2) === 0 ? 1 : -1;
  const size = random.integer(8);
  if (size === 0) return sign * 2 ** -(30 + random.integer(20));
  if (size === 1) return sign * 2 ** (8 + random.integer(6));
  return sign * ((1 + random.integer(8)) / 4);
}

function programOf(random: Stream, depth: number): Program {
  if (depth === 0) {
    const [slope, offset] = [(1 + random.integer(8)) / 4, (random.integer(9) - 4) / 4];
    return (ring, x) => ring.add(ring.dot([x], [ring.constant(slope)]), ring.constant(offset));
  }
  const inner = programOf(random, depth - 1);
  const value = numberOf(random);
  switch (random.integer(6)) {
    case 0:
      return (ring, x) => ring.derivatives('relu', inner(ring, x), 0)[0]!;
    case 1:
      // A root of a square, which has a kink.
      return (ring, x) => {
        const z = inner(ring, x);
        return ring.derivatives('sqrt', ring.dot([z], [z]), 0)[0]!;
      };
    case 2:
      return (ring, x) => ring.dot([inner(ring, x)], [ring.constant(value)]);
    case 3: {
      const other = programOf(random, depth - 1);
      return (ring, x) => ring.add(inner(ring, x), other(ring, x));
    }
    default: {
      const name = oneOf(random, smooth);
      const order = random.integer(2) as 0 | 1;
      return (ring, x) => ring.derivatives(name, inner(ring, x), order)[order]!;
    }
  }
}

/** Functions of one input; the last may be planted as a combination of the others with dyadic coefficients. */
function ofFunctions(random: Stream): Judged {
  const size = 2 + random.integer(4);
  const programs = Array.from({ length: size }, () => programOf(random, random.integer(4)));
  const isPlanted = random.integer(2) === 0;
  const factors = programs.map(() => numberOf(random));
  const family: LabelledFamily = {
    inputDim: 1,
    labels: Array.from({ length: size + 1 }, (_, i) => ({ text: `f${i}`, latex: `f_{${i}}`, order: 0 })),
    evaluate<S>(ring: Ring<S>, [x]: readonly S[]): S[] {
      const values = programs.map((program) => program(ring, x!));
      const last = ring.dot(factors.map(ring.constant), values);
      const one = ring.derivatives('tanh', ring.add(x!, ring.constant(0.371)), 1)[1]!;
      return [...values, isPlanted ? last : ring.add(last, one)];
    },
  };
  const kind = isPlanted ? 'planted' : 'not planted';
  const verdict = decide(family, { budget: BUDGET });
  const fault =
    isPlanted && verdict.verdict === 'independent'
      ? 'a planted relation is called independent'
      : relationFault(verdict, family);
  return { kind, verdict: verdict.verdict, fault };
}

const FRESH = 60;
/** What rounding of nested programs may leave of a sum, in parts of its terms. */
const CLOSE = 1e-7;

/** A relation that does not hold at inputs that were not fitted. */
function relationFault(verdict: Verdict, family: LabelledFamily): string | undefined {
  if (verdict.verdict !== 'dependent') return undefined;
  const x = Array.from({ length: FRESH }, (_, n) => [4 * Math.sin(1 + 2.3 * n)]);
  const values = family.evaluate<Column>(columns, columnsOf(x)).map((value) => spreadColumn(value, FRESH));
  const place = new Map(family.labels.map(({ text }, i) => [text, i]));
  for (const { left, terms, text, proof } of verdict.relations) {
    const parts = terms.map(({ label, coefficient }) => ({
      of: values[place.get(label.text)!]!,
      factor: typeof coefficient === 'number' ? coefficient : ratio(rationalText(coefficient)),
    }));
    for (let n = 0; n < FRESH; n++) {
      const own = values[place.get(left.text)!]![n]!;
      const others = parts.map(({ of, factor }) => factor * of[n]!);
      const sum = others.reduce((a, b) => a + b, 0);
      const most = Math.max(Math.abs(own), ...others.map(Math.abs), 1e-9);
      if (Math.abs(own - sum) > CLOSE * most) return `${text} (${proof}) does not hold at ${x[n]![0]}`;
    }
  }
  return undefined;
}

function ratio(text: string): number {
  const [above, below = '1'] = text.split('/');
  return Number(above) / Number(below);
}

/** A router of one's own, whose gauge is found; the same as a gate of the library, whose gauge is known. */
const ownRouter = defineRouter('ownOfFamilies', () => ({
  config: {},
  params: (inputDim) => ({ w: { shape: [inputDim, 1], initializer: { kind: 'glorotUniform' } } }),
  logit: <V>(ops: Ops<V>, x: V, p: Readonly<Record<'w', V>>): V => ops.affine(x, p.w),
}));

/** $u\,v\,\sigma(ax+b)$, whose u and v are tied; or without v. */
const ownExpert = defineExpert(
  'expertOfFamilies',
  ({
    activation,
    scale,
    isTied,
  }: {
    activation: 'tanh' | 'gelu' | 'relu';
    scale: number;
    isTied: boolean;
  }) => ({
    config: { activation, scale, isTied },
    params: (inputDim: number, units: number) => ({
      a: { shape: [inputDim, units], initializer: { kind: 'glorotUniform' } },
      b: { shape: [units], initializer: { kind: 'zeros' } },
      ...(isTied && {
        u: { shape: [units], initializer: { kind: 'ones' } },
        v: { shape: [units], initializer: { kind: 'ones' } },
      }),
    }),
    apply<V>(ops: Ops<V>, x: V, p: Readonly<Record<string, V>>): V {
      const h = ops.mul(ops.constant(scale), ops.activation(activation, ops.affine(x, p.a!, p.b!)));
      return isTied ? ops.mul(ops.mul(p.u!, p.v!), h) : h;
    },
  }),
);

/** A small mixture with a declared or an undeclared gauge. */
function mixture(random: Stream, n: number): Judged {
  const isTied = random.integer(2) === 0;
  const isDeclared = random.integer(2) === 0;
  const activation = oneOf(random, ['tanh', 'gelu', 'relu'] as const);
  const scale = oneOf(random, [1, 2 ** -35, 2 ** 12]);
  const gate = isDeclared ? softmax() : softmax({ router: ownRouter() });
  const expert = ownExpert({ activation, scale, isTied });
  const { firstOrder } = identifiability({
    gate,
    expert,
    inputDim: 1,
    experts: 2,
    seed: n,
    budget: 10 * BUDGET,
  });
  const kind = `mixture, ${isTied ? 'tied' : 'not tied'}, gauge ${isDeclared ? 'declared' : "of a router of one's own"}`;
  // relu has a scale of its own beside u and v, and no relation without them.
  const wanted = isTied ? (activation === 'relu' ? 4 : 2) : 0;
  const found = firstOrder.verdict === 'dependent' ? firstOrder.relations.length : 0;
  const isWrong = firstOrder.verdict !== 'inconclusive' && found !== wanted;
  return {
    kind,
    verdict: firstOrder.verdict,
    fault: isWrong ? `${found} relations of ${activation} times ${scale} instead of ${wanted}` : undefined,
  };
}
