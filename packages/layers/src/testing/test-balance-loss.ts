import * as tf from '@tensorflow/tfjs-core';
import {
  type ArrayValue,
  arrayGateOps,
  arrayTable,
  type BalanceLoss,
  type GateOps,
  getBalanceLoss,
  mapNames,
  type Routing,
  stream,
} from '@tfjs-moe/core';
import { assert, assertClose, drawnRows, type Runner, testPlugin } from '@tfjs-moe/core/testing';
import { tokenOps } from '../interpretation/token-ops.ts';
import { assertSameGradients, assertSameValues, type Twins } from './twins.ts';

/** Options of `testBalanceLoss`. */
export interface TestBalanceLossOptions {
  /** Number of experts. Default 4. */
  readonly experts?: number;
  /** Experts per token. Default 2. */
  readonly expertsPerToken?: number;
  /** Number of tokens. Default 6. */
  readonly tokens?: number;
  /** Number of sequences that the tokens are, for a loss that looks at them. Default: the batch has none. */
  readonly sequences?: number;
  /** What the loss is with one expert, where it promises a constant. */
  readonly atOneExpert?: number;
  /** Tolerance on tensors, relative to the largest entry. Default 1e-5. */
  readonly tolerance?: number;
}

type Rows = readonly (readonly number[])[];

/**
 * What every balance loss promises: one finite number, 0 or more, that depends neither on the order of tokens and experts
 * nor on padding, and is the same on tensors as on plain arrays, gradient included.
 *
 * Tests a balance loss against the contract; the comparisons with tensors run on the current backend.
 */
export function testBalanceLoss(
  { describe, test }: Runner,
  loss: BalanceLoss,
  options: TestBalanceLossOptions = {},
): void {
  const { experts = 4, expertsPerToken = 2, tokens = 6, sequences, tolerance = 1e-5 } = options;
  const drawn = (seed: number, scale = 1) => drawnRows(tokens, experts, seed, scale);

  function onArrays(logits: Rows, mask?: readonly number[]): ArrayValue {
    const width = logits[0]?.length ?? 0;
    const context = { experts: width, expertsPerToken: Math.min(expertsPerToken, width) };
    const ops = arrayGateOps({
      ...(mask && { mask }),
      ...(sequences && { sequences }),
      tokens: logits.length,
    });
    return loss.value(ops, routingOf(ops, arrayTable(logits), context.expertsPerToken), context);
  }

  const number = (logits: Rows, mask?: readonly number[]) => onArrays(logits, mask).data[0]!;

  function twins(logits: Rows, mask?: readonly number[]): Twins {
    const context = { experts, expertsPerToken };
    return {
      inputs: [{ shape: [logits.length, experts, 1], data: logits.flat() }],
      tensor(z) {
        const mask_T11 = mask && tf.tensor3d([...mask], [mask.length, 1, 1]);
        const ops = tokenOps({ mask: mask_T11, tokens: logits.length, sequences, random: stream(0) });
        const value = loss.value(ops, routingOf(ops, z as tf.Tensor, expertsPerToken), context);
        // Zero, so that a loss without a gradient has the gradient zero.
        return tf.add(tf.reshape(value, []), tf.mul(tf.sum(z as tf.Tensor), 0));
      },
      float64(z) {
        const flat = Array.from(z as Float64Array);
        return [
          number(
            logits.map((_, t) => flat.slice(t * experts, (t + 1) * experts)),
            mask,
          ),
        ];
      },
    };
  }

  testPlugin({ describe, test }, loss, getBalanceLoss);

  describe(`balance loss ${loss.kind} ${JSON.stringify(loss.config)}: contract`, () => {
    test('has its weight in its config', () => {
      assert(loss.config.weight === loss.weight, `the config has weight ${loss.config.weight}`);
    });

    test('is one number', () => {
      const value = onArrays(drawn(1));
      assert(value.tokens === 1 && value.features === 1, 'the value has an axis of tokens or features');
      assert(
        value.data.every((entry) => entry === value.data[0]),
        `experts have different values: ${value.data}`,
      );
    });

    test('is finite and not negative', () => {
      for (const scale of [1, 100, 0]) {
        for (const seed of [1, 2, 3]) assertUsable(number(drawn(seed, scale)), `logits of scale ${scale}`);
      }
    });

    test('depends neither on the order of the tokens nor on that of the experts', () => {
      const logits = drawn(4);
      const order = [...stream(4).permutation(experts)];
      const moved = logits.map((row) => order.map((e) => row[e]!)).reverse();
      assertClose([number(moved)], [number(logits)], 'loss in another order');
    });

    test('does not see padding', () => {
      const { rows, mask } = padded(drawn(5));
      assertClose([number(rows, mask)], [number(drawn(5))], 'loss with padding');
      assertSameValues('loss with padding', twins(rows, mask), tolerance);
    });

    if (loss.joins === 'layers') {
      test('sums over layers to the loss of all their tokens', () => {
        const parts = [drawn(13), drawn(14).slice(1), drawn(15)];
        let sums: Record<string, ArrayValue> | undefined;
        let total = 0;
        for (const logits of parts) {
          const ops = arrayGateOps({ tokens: logits.length });
          const context = { experts, expertsPerToken, sums };
          const routing = routingOf(ops, arrayTable(logits), expertsPerToken);
          total += loss.value(ops, routing, context).data[0]!;
          const before = sums;
          sums = mapNames(loss.observe?.(ops, routing, context) ?? {}, (sum, name) =>
            before ? ops.add(before[name]!, sum) : sum,
          );
        }
        assertClose([total], [number(parts.flat())], 'sum of the losses of three layers', 1e-9);
      });
    }

    test('is finite and not negative when all is padding', () => {
      const nobody = new Array(tokens).fill(0);
      assertUsable(number(drawn(6), nobody), 'all padding');
      assertSameValues('all padding', twins(drawn(6), nobody), tolerance);
    });

    test(
      options.atOneExpert === undefined ? 'serves one expert' : `is ${options.atOneExpert} for one expert`,
      () => {
        for (const seed of [1, 2, 3]) {
          const value = number(drawnRows(tokens, 1, seed));
          assertUsable(value, 'one expert');
          if (options.atOneExpert !== undefined)
            assertClose([value], [options.atOneExpert], 'loss of one expert');
        }
      },
    );

    test('is the same on tensors', () => {
      // Near its smallest value a formula that subtracts nearly equal numbers has few digits left.
      const rule = 'float32 must keep the digits of float64, also where terms nearly cancel; the loss';
      for (const seed of [7, 8, 9]) assertSameValues(rule, twins(drawn(seed)), tolerance);
    });

    test('has the gradient of central differences', () => {
      for (const seed of [10, 11]) assertSameGradients('loss', twins(drawn(seed)), tolerance);
      const { rows, mask } = padded(drawn(12));
      assertSameGradients('loss with padding', twins(rows, mask), tolerance);
    });
  });
}

/** A top-k routing with renormalised softmax weights, some smooth load and a coefficient. */
function routingOf<V>(ops: GateOps<V>, logits: V, k: number): Routing<V> {
  const probabilities = ops.softmax(logits);
  const choices = ops.topK(logits, k);
  const kept = ops.mul(
    probabilities,
    choices.reduce((all, choice) => ops.add(all, choice)),
  );
  return {
    logits,
    scores: logits,
    probabilities,
    choices,
    weights: ops.div(kept, ops.sumExperts(kept)),
    load: ops.normalCdf(ops.sub(logits, ops.constant(0.5))),
    coefficient: ops.constant(0.7),
  };
}

/** The same tokens, each behind a padding token whose logits would count. */
function padded(rows: Rows): { rows: Rows; mask: number[] } {
  const padding = (row: readonly number[]) => row.map((_, e) => (e === 0 ? 9 : -9));
  return { rows: rows.flatMap((row) => [padding(row), row]), mask: rows.flatMap(() => [0, 1]) };
}

function assertUsable(value: number, what: string): void {
  assert(Number.isFinite(value) && value >= 0, `${what}: the loss is ${value}`);
}
