import * as tf from '@tensorflow/tfjs-core';
import type { Expert, Gate } from '@tfjs-moe/core';
import { assert, drawnRows, type Runner } from '@tfjs-moe/core/testing';
import type { MixtureOfExperts } from '../mixture-of-experts.ts';
import { float64Layer, type LayerData } from './float64-layer.ts';
import { assertAlike, readWeight } from './layer-assertions.ts';
import { call, disposeWeights, layerWith, numbersOf, writeWeights } from './layer-under-test.ts';
import type { TestLayerOptions } from './test-layer.ts';

/** Options of `testNonFinite`. */
export interface TestNonFiniteOptions extends Omit<TestLayerOptions, 'mask'> {
  /** What is put in the place of numbers. Default NaN and both infinities. */
  readonly values?: readonly number[];
}

interface Gradients {
  readonly toInput: ArrayLike<number>;
  /** By the name of the weight. */
  readonly toWeights: Readonly<Record<string, ArrayLike<number>>>;
}

/**
 * What the layer promises where numbers are NaN or infinite, for a gate and an expert, on whatever backend is current and
 * under every dispatcher: outputs are finite exactly where those of the float64 oracle are, and equal there; a token of
 * NaN has gradients of NaN, and those of other tokens, and of experts that it was not sent to, are as without it. An
 * expert of NaN reaches the tokens that were sent to it and no others.
 */
export function testNonFinite(
  { test }: Runner,
  gate: Gate,
  expert: Expert,
  options: TestNonFiniteOptions = {},
): void {
  const { tokens = 6, tolerance = 1e-5, seed = 1, experts = 4, inputDim = 3, units = 2 } = options;
  const values = options.values ?? [Number.NaN, Infinity, -Infinity];
  const oracle = float64Layer(gate, expert, { experts, inputDim, units });
  const data = oracle.draw(seed);
  options.adjust?.(data);
  const rows = drawnRows(tokens, inputDim, seed).map((row) => row.map(Math.fround));
  const slopes = drawnRows(tokens, units, seed + 2)
    .flat()
    .map(Math.fround);
  const bad = tokens >> 1;
  const others = Array.from({ length: tokens }, (_, t) => (t === bad ? 0 : 1));
  const withToken = (change: (row: number[]) => number[]) =>
    rows.map((row, t) => (t === bad ? change(row) : row));
  const withNumber = (name: string, at: number, value: number): LayerData => ({
    ...data,
    [name]: data[name]!.map((own, i) => (i === at ? value : own)),
  });

  async function gradients(layer: MixtureOfExperts, x: number[][], mask?: number[]): Promise<Gradients> {
    const weights = layer.trainableWeights;
    const loss = (input: tf.Tensor) =>
      tf.sum(tf.mul(call(layer, input, mask), tf.tensor2d(slopes, [tokens, units]))) as tf.Scalar;
    const [toInput, ...rest] = await numbersOf(() => {
      const variables = weights.map((weight) => weight.read() as tf.Variable);
      const { grads } = tf.variableGrads(() => loss(tf.tensor2d(x)), variables);
      const found = weights.map((weight) => grads[weight.name] ?? tf.zerosLike(weight.read()));
      return [tf.grad(loss)(tf.tensor2d(x)), ...found];
    });
    const toWeights = Object.fromEntries(weights.map((weight, i) => [readWeight(weight), rest[i] ?? []]));
    return { toInput: toInput ?? [], toWeights };
  }

  /** Which tokens an expert gets. */
  const sentTo = (expertAt: number, x = rows) => {
    const { selected } = oracle.routed(x, data);
    return Array.from({ length: tokens }, (_, t) => selected[t * experts + expertAt] === 1);
  };

  /** The gradients to one expert's own parameters. */
  function toExpert({ toWeights }: Gradients, e: number): number[] {
    return Object.entries(toWeights).flatMap(([name, numbers]) => {
      const { copies } = oracle.specs[name]!;
      if (!name.startsWith('expert/') || copies !== experts) return [];
      const size = numbers.length / copies;
      return Array.from(numbers).slice(e * size, (e + 1) * size);
    });
  }

  const ofToken = (numbers: ArrayLike<number>, t: number) =>
    Array.from(numbers).slice((t * numbers.length) / tokens, ((t + 1) * numbers.length) / tokens);
  const someStrange = (numbers: readonly number[]) => numbers.some((number) => !Number.isFinite(number));

  for (const dispatch of options.dispatch ?? ['dense', 'capacity', 'grouped']) {
    const label = `${gate.kind} and ${expert.kind}, ${dispatch}`;
    const make = () => layerWith(data, { experts, gate, expert, units, dispatch }, tokens, inputDim);

    test(`${label}: numbers that are none in a token end where they do in the oracle`, async () => {
      const layer = make();
      for (const value of values) {
        for (const x of [
          withToken((row) => [value, ...row.slice(1)]),
          withToken((row) => row.map(() => value)),
        ]) {
          const [y] = await numbersOf(() => [call(layer, tf.tensor2d(x), undefined)]);
          assertAlike(y ?? [], oracle.output(x, data), `output for a token with ${value}`, tolerance);
        }
      }
      disposeWeights(layer);
    });

    test(`${label}: numbers that are none in a weight end where they do in the oracle`, async () => {
      const layer = make();
      for (const [name, numbers] of Object.entries(data)) {
        for (const at of new Set([0, numbers.length - 1])) {
          const { min = -Infinity, max = Infinity } = oracle.specs[name]?.constraint ?? {};
          // The oracle knows nothing of bounds. All values in the first place, in the last one is enough.
          const tried = values.filter((each) => !(each < min || each > max));
          for (const value of at === 0 ? tried : tried.slice(0, 1)) {
            const changed = withNumber(name, at, value);
            writeWeights(layer, changed);
            const [y] = await numbersOf(() => [call(layer, tf.tensor2d(rows), undefined)]);
            assertAlike(y ?? [], oracle.output(rows, changed), `output for ${value} in ${name}`, tolerance);
          }
        }
      }
      disposeWeights(layer);
    });

    test(`${label}: a token of NaN has gradients of NaN, and touches no others`, async () => {
      const layer = make();
      const x = withToken((row) => row.map(() => Number.NaN));
      if (!someStrange(ofToken(oracle.output(x, data), bad))) return;
      const [sound, broken] = [await gradients(layer, rows, others), await gradients(layer, x)];
      for (let t = 0; t < tokens; t++) {
        const own = ofToken(broken.toInput, t);
        if (t === bad) assert(someStrange(own), `the gradient to the token of NaN is ${own}`);
        else assertAlike(own, ofToken(sound.toInput, t), `gradient to token ${t}`, tolerance);
      }
      for (let e = 0; e < experts; e++) {
        const own = toExpert(broken, e);
        const sent = dispatch !== 'capacity' && sentTo(e, x)[bad];
        if (!sent) assertAlike(own, toExpert(sound, e), `gradient to expert ${e}`, tolerance);
        else
          assert(
            own.length === 0 || someStrange(own),
            `expert ${e} got the token of NaN, its gradient is ${own}`,
          );
      }
      disposeWeights(layer);
    });

    test(`${label}: an expert of NaN reaches the tokens that were sent to it, and no others`, async () => {
      const layer = make();
      const name = Object.keys(data).find((each) => each.startsWith('expert/'))!;
      const numbers = data[name]!;
      const perExpert = numbers.length / experts;
      const changed = {
        ...data,
        [name]: numbers.map((own, i) => (Math.floor(i / perExpert) === 1 ? Number.NaN : own)),
      };
      const sound = await gradients(layer, rows);
      writeWeights(layer, changed);
      const broken = await gradients(layer, rows);
      const output = oracle.output(rows, changed);
      for (let t = 0; t < tokens; t++) {
        const own = ofToken(broken.toInput, t);
        if (someStrange(ofToken(output, t))) assert(someStrange(own), `the gradient to token ${t} is ${own}`);
        else assertAlike(own, ofToken(sound.toInput, t), `gradient to token ${t}`, tolerance);
      }
      for (let e = 0; e < experts; e++) {
        if (e !== 1)
          assertAlike(toExpert(broken, e), toExpert(sound, e), `gradient to expert ${e}`, tolerance);
      }
      disposeWeights(layer);
    });
  }
}
