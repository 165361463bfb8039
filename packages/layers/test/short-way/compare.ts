/** Layers by the short way of the wasm backend against the same layers composed: the second is the oracle. */
import * as tf from '@tensorflow/tfjs-core';
import { type BalanceLoss, type Expert, type Gate, type Stream, shortWay, stream } from '@tfjs-moe/core';
import { ffn, gatedFfn, linear, normalizedFfn } from '@tfjs-moe/experts';
import { lossFree, noisyTopK, sigmoid, switchGate, temperature, topK } from '@tfjs-moe/gates';
import { type MixtureOfExperts, mixtureOfExperts, sharedExperts } from '../../src/index.ts';
import { drawnLosses } from './losses.ts';

/** One layer and one batch. */
export interface Case {
  readonly experts: number;
  readonly inputDim: number;
  readonly units: number;
  readonly tokens: number;
  readonly gate: Gate;
  readonly expert: Expert;
  readonly shared: boolean;
  readonly record: boolean;
  /** Whether numbers are small whole ones, so that scores are equal. */
  readonly ties: boolean;
  /** Where something is NaN or infinite. */
  readonly broken: 'nowhere' | 'input' | 'gate' | 'expert';
  readonly padding: boolean;
  /** Its balance losses, in training. */
  readonly losses: readonly BalanceLoss[];
  /** Tokens that an expert takes, where others are dropped. */
  readonly capacity: number | undefined;
  readonly dtype: 'float32' | 'int32' | 'bool';
  /** Whether tokens count differently, as classes that are weighed do, and some of them nothing. */
  readonly weighed: boolean;
  /** Sequences that the tokens are of, where they are of any. */
  readonly sequences: number | undefined;
  readonly seed: number;
}

/** A case from a seed. */
export function drawnCase(seed: number): Case {
  const draw = stream(seed, 'short way');
  const one = <T>(...of: readonly T[]): T => of[draw.integer(of.length)]!;
  const experts = one(1, 2, 3, 4, 5, 7, 8, 9, 16, 33);
  const k = 1 + draw.integer(Math.min(experts, 5));
  const drawn = {
    experts,
    inputDim: one(1, 2, 3, 4, 5, 7, 8, 12, 16, 33, 64),
    units: one(1, 2, 3, 4, 8, 12, 20),
    tokens: one(1, 1, 2, 3, 4, 5, 8, 17, 40, 90),
    gate: drawnGate(draw, k),
    expert: drawnExpert(draw),
    shared: draw.uniform() < 0.15,
    record: draw.uniform() < 0.8,
    ties: draw.uniform() < 0.25,
    broken: draw.uniform() < 0.8 ? 'nowhere' : one<Case['broken']>('input', 'gate', 'expert'),
    padding: draw.uniform() < 0.3,
    seed,
  } satisfies Partial<Case>;
  const ofLosses = stream(seed, 'losses');
  const runs = ofLosses.uniform() < 0.4 ? 1 + ofLosses.integer(4) : 0;
  const sequences = runs > 0 && drawn.tokens % runs === 0 ? runs : undefined;
  const state = stream(seed, 'state');
  const gate = drawnState(drawn.gate, state);
  // In a buffer an expert of NaN has a gradient of NaN from its empty places, too.
  const hasRoom = state.uniform() < 0.1 && drawn.broken !== 'expert';
  const capacity = hasRoom ? 1 + state.integer(drawn.tokens) : undefined;
  const dtype = drawn.ties && drawn.broken !== 'input' ? one('float32', 'int32', 'bool') : 'float32';
  const losses = drawnLosses(ofLosses, sequences !== undefined);
  // Where all are selected the composed layer is dense, and there infinity times the zeros of padding is NaN.
  const padding = drawn.padding && !(drawn.broken === 'expert' && gate.expertsPerToken(experts) === experts);
  return { ...drawn, gate, sequences, losses, capacity, dtype, padding, weighed: state.uniform() < 0.2 };
}

function drawnGate(draw: Stream, k: number): Gate {
  const truth = () => draw.uniform() < 0.5;
  const renormalize = (['beforeDrop', 'afterDrop', 'never'] as const)[draw.integer(3)]!;
  const weightScale = renormalize !== 'afterDrop' && truth() ? 2.5 : 1;
  const rest = { k, renormalize, weightScale };
  switch (draw.integer(7)) {
    case 0:
      return switchGate({ useBias: truth() });
    case 1:
      return noisyTopK({ k, useBias: truth() });
    case 2:
      return topK({ ...rest, weighting: sigmoid({ normalize: truth() }), selectionBias: truth() });
    case 3:
      return topK({ ...rest, weighting: temperature({ temperature: truth() ? 0.3 : 2 }) });
    case 4:
      return topK({ ...rest, biasInSelection: false });
    case 5:
      return topK({ ...rest, selectionBias: true });
    default:
      return topK({ ...rest, useBias: truth() });
  }
}

/** A gate with a selection bias, which may move after the step. */
function drawnState(gate: Gate, draw: Stream): Gate {
  if (gate.config.selectionBias !== true || draw.uniform() < 0.5) return gate;
  const rule = (['sign', 'centered', 'proportional'] as const)[draw.integer(3)]!;
  return lossFree({ gate, rule, speed: 0.25, ...(draw.uniform() < 0.3 && { until: 1 }) });
}

function drawnExpert(draw: Stream): Expert {
  const width = () => [1, 3, 4, 8, 13, 32][draw.integer(6)]!;
  const names = ['relu', 'gelu', 'geluTanh', 'tanh', 'sigmoid', 'silu', 'softplus'] as const;
  const activation = names[draw.integer(names.length)]!;
  const useBias = draw.uniform() < 0.5;
  switch (draw.integer(6)) {
    case 0:
      return gatedFfn({ hiddenUnits: width(), activation, useBias });
    case 1:
      return ffn({ hiddenUnits: [width(), width()], activation, useBias });
    case 2:
      return ffn({ hiddenUnits: [], outputWeights: false, activation });
    case 3:
      return linear({ useBias });
    default:
      return ffn({ hiddenUnits: width(), activation, useBias });
  }
}

/** A definition whose formula the short way does not know. */
export const unknownExpert = (): Expert => normalizedFfn({ hiddenUnits: 4 });

/** How often layers were served since the last look. */
export function countServed(): () => number {
  const { take } = shortWay;
  let served = 0;
  shortWay.take = (...call) => {
    const answer = take?.(...call);
    if (answer !== undefined) served++;
    return answer;
  };
  return () => {
    shortWay.take = take;
    return served;
  };
}

/** What a case came to: how it was served, and the largest difference relative to the largest number. */
export interface Outcome {
  readonly served: boolean;
  readonly difference: number;
  /** What is wrong, or nothing. */
  readonly wrong: string | undefined;
}

/** Runs a case both ways, in evaluation. */
export function compare(given: Case): Outcome {
  return bothWays(given, (layer, { x, mask }) => [
    (layer.call(x, mask === undefined ? {} : { mask }) as tf.Tensor).dataSync().slice(),
  ]);
}

/** The output and all gradients of a case, in training, both ways, and what the gate moves after the step. */
export function compareTraining(given: Case): Outcome {
  return bothWays(given, (layer, { x, mask, slopes_TU }) => {
    const learned = layer.trainableWeights.map((weight) => weight.read());
    const call = { training: true, ...(mask && { mask }) };
    const gradients = tf.valueAndGrads((...inputs: tf.Tensor[]) => {
      const y = tf.reshape(layer.call(inputs[0]!, call) as tf.Tensor, slopes_TU.shape);
      return tf.addN([tf.sum(tf.mul(slopes_TU, y)), ...layer.calculateLosses()]);
    });
    // The weights are variables: the tape knows them by themselves.
    const { value, grads } = gradients([x, ...learned]);
    // An optimiser's step is new data.
    for (const weight of learned) (weight as tf.Variable).assign(tf.add(weight, 0));
    const state = layer.weights.filter(({ originalName }) => /selection_(bias|steps)$/.test(originalName));
    return [value, ...grads, ...state.map((weight) => weight.read())].map((tensor) =>
      tensor.dataSync().slice(),
    );
  });
}

/** What a batch is. */
interface Batch {
  readonly x: tf.Tensor;
  readonly mask: tf.Tensor | undefined;
  /** The gradient that comes back to the output. */
  readonly slopes_TU: tf.Tensor2D;
}

type Lists = readonly ArrayLike<number>[];

function bothWays(given: Case, run: (layer: MixtureOfExperts, batch: Batch) => Lists): Outcome {
  const { experts, inputDim, units, tokens, gate, expert, shared, record } = given;
  const { capacity } = given;
  const make = (dispatch: 'auto' | 'grouped' | 'capacity'): MixtureOfExperts =>
    mixtureOfExperts({
      ...{ experts, gate, expert, units, dispatch, seed: 1, recordRouting: record, balance: given.losses },
      ...(capacity !== undefined && { capacity }),
      ...(shared && { shared: sharedExperts({ expert: ffn({ hiddenUnits: 3 }) }) }),
    });
  const draw = stream(given.seed, 'numbers');
  const number = () => (given.ties ? draw.integer(3) - 1 : draw.normal());
  const bad = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY][draw.integer(3)]!;
  const values = Float32Array.from({ length: tokens * inputDim }, number);
  if (given.broken === 'input') values[draw.integer(values.length)] = bad;
  const outer = given.sequences === undefined ? [tokens] : [given.sequences, tokens / given.sequences];
  const x = tf.tidy(() => tf.cast(tf.tensor(values, [...outer, inputDim]), given.dtype));
  const mask = given.padding
    ? tf.tensor(
        Array.from({ length: tokens }, () => (draw.uniform() < 0.3 ? 0 : 1)),
        outer,
      )
    : undefined;
  const layers = [make('auto'), make(capacity === undefined ? 'grouped' : 'capacity')] as const;
  for (const layer of layers) layer.build([null, ...outer.slice(1), inputDim]);
  const weights = layers[0].weights.map((weight) => {
    if (weight.originalName.endsWith('temperature')) return tf.clone(weight.read());
    const size = weight.shape.reduce<number>((all, each) => all * each!, 1);
    const numbers = Float32Array.from({ length: size }, number);
    const part = weight.originalName.includes('gate/') ? 'gate' : 'expert';
    if (part === given.broken) numbers[draw.integer(size)] = bad;
    return tf.tensor(numbers, weight.shape as number[]);
  });
  for (const layer of layers) layer.setWeights(weights);
  const counted = Float32Array.from({ length: tokens }, () => (given.weighed ? draw.integer(3) : 1));
  const slopes = Float32Array.from(
    { length: tokens * units },
    (_, i) => number() * counted[Math.floor(i / units)]!,
  );
  const slopes_TU = tf.tensor2d(slopes, [tokens, units]);
  const read = (layer: MixtureOfExperts): Lists => {
    let lists: Lists = [];
    tf.tidy(() => {
      lists = run(layer, { x, mask, slopes_TU });
    });
    return lists;
  };
  const serving = countServed();
  const found = read(layers[0]);
  const served = serving() > 0;
  const expected = read(layers[1]);
  const { difference, wrong } = differenceOf(joined(found), joined(expected));
  const metrics = wrong ?? metricsWrong(layers[0], layers[1]);
  for (const layer of layers) tf.dispose(layer.weights.map((weight) => weight.read()));
  tf.dispose([x, slopes_TU, ...weights, ...(mask ? [mask] : [])]);
  return { served, difference, wrong: metrics };
}

const joined = (lists: Lists) => Float32Array.from(lists.flatMap((list) => Array.from(list)));

/** Numbers that are none have to be none on both sides, and the same. */
export function differenceOf(
  found: ArrayLike<number>,
  expected: ArrayLike<number>,
): { readonly difference: number; readonly wrong: string | undefined } {
  let largest = 1e-3;
  let most = 0;
  for (let i = 0; i < expected.length; i++) {
    const [a, b] = [found[i]!, expected[i]!];
    if (!Number.isFinite(b) || !Number.isFinite(a)) {
      if (!Object.is(a, b)) return { difference: Number.NaN, wrong: `number ${i} is ${a} instead of ${b}` };
      continue;
    }
    largest = Math.max(largest, Math.abs(b));
    most = Math.max(most, Math.abs(a - b));
  }
  const difference = most / largest;
  return { difference, wrong: difference < 3e-6 ? undefined : `the output is off by ${difference}` };
}

function metricsWrong(layer: MixtureOfExperts, oracle: MixtureOfExperts): string | undefined {
  const [found, expected] = [layer.routingMetrics, oracle.routingMetrics];
  if (found === null || expected === null)
    return found === expected ? undefined : 'metrics are kept on one side';
  for (const name of Object.keys(expected) as (keyof typeof expected)[]) {
    const [a, b] = [[found[name]].flat(), [expected[name]].flat()] as [number[], number[]];
    const off = b.findIndex((value, i) => {
      const close = Math.abs(a[i]! - value) <= 2e-5 * Math.max(1, Math.abs(value));
      return !close && !Object.is(a[i], value);
    });
    if (off >= 0) return `${name}[${off}] is ${a[off]} instead of ${b[off]}`;
  }
  return undefined;
}
