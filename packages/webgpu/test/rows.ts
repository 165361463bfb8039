import * as tf from '@tensorflow/tfjs-core';
import { stream } from '@tfjs-moe/core';
import {
  COMBINE_ROWS,
  COMBINE_ROWS_GRADIENT,
  GATHER_ROWS,
  SORT_BY_EXPERT,
  SUM_ROWS,
  TOP_K_MASKS,
} from '@tfjs-moe/core/kernels';
import { describe, expect, test } from 'vitest';
import { numbersOf } from './device.ts';
import { difference, numbers } from './groups.ts';

const run = (name: string, inputs: Record<string, tf.Tensor>, attributes = {}): tf.Tensor[] =>
  [tf.engine().runKernel(name, inputs, attributes)].flat();

interface Selection {
  readonly tokens: number;
  readonly experts: number;
  readonly perToken: number;
  readonly selected: Float32Array;
}

/** Up to K experts of each token, some tokens without any. */
function drawnSelection(seed: number): Selection {
  const draw = stream(seed, 'selection');
  const tokens = 1 + draw.integer(seed % 6 === 0 ? 700 : 60);
  const experts = 1 + draw.integer(seed % 4 === 0 ? 600 : 9);
  const perToken = 1 + draw.integer(Math.min(experts, 4));
  const selected = new Float32Array(tokens * experts);
  for (let t = 0; t < tokens; t++) {
    if (seed % 3 === 0 && draw.integer(3) === 0) continue;
    for (let k = 0; k < perToken; k++) selected[t * experts + draw.integer(experts)] = 1;
  }
  return { tokens, experts, perToken, selected };
}

/** The sort, in JavaScript. */
function sorted({ tokens, experts, perToken, selected }: Selection): number[][] {
  const [offsets, token, cell]: [number[], number[], number[]] = [[0], [], []];
  const row: number[] = new Array(tokens * perToken).fill(-1);
  const places = new Array(tokens).fill(0);
  for (let e = 0; e < experts; e++) {
    for (let t = 0; t < tokens; t++) {
      if (selected[t * experts + e] === 0) continue;
      row[t * perToken + places[t]++] = token.length;
      token.push(t);
      cell.push(t * experts + e);
    }
    offsets.push(token.length);
  }
  const empty = new Array(tokens * perToken - token.length).fill(-1);
  return [offsets, [...token, ...empty], [...cell, ...empty], row];
}

/** Rows of a device, sorted, moved and combined, against JavaScript. */
export function testRows(seeds: number): void {
  describe('rows', () => {
    test('pairs are sorted by expert, tokens in their order; places that stay empty come last', async () => {
      for (let seed = 0; seed < seeds; seed++) {
        const selection = drawnSelection(seed);
        const { tokens, experts, perToken, selected } = selection;
        const inputs = { selected: tf.tensor2d(selected, [tokens, experts]) };
        const results = await numbersOf(run(SORT_BY_EXPERT, inputs, { perToken }));
        const expected = sorted(selection);
        results.forEach((values, i) => {
          expect(difference(values, expected[i]!), `result ${i} of selection ${seed}`).toBeUndefined();
        });
        tf.dispose(inputs);
      }
    });

    test('rows are gathered, summed and combined as in float64, and so are the gradients', async () => {
      for (let seed = 0; seed < seeds; seed++) {
        const selection = drawnSelection(seed);
        const { tokens, experts, perToken, selected } = selection;
        const features = [1, 3, 4, 64, 70][seed % 5]!;
        const [, token, cell, row] = sorted(selection) as [number[], number[], number[], number[]];
        const rows = token.length;
        const [x, dy, output] = ['x', 'dy', 'output'].map((name, i) =>
          numbers((i < 2 ? tokens : rows) * features, seed, name),
        ) as [Float32Array, Float32Array, Float32Array];
        const weights = selected.map((value, i) => value * ((i % 7) + 1));
        const results = await numbersOf(
          tf.tidy(() => {
            const [cell_S, row_TK] = [
              tf.tensor1d(cell, 'int32'),
              tf.tensor2d(row, [tokens, perToken], 'int32'),
            ];
            const [output_SF, weights_TE] = [
              tf.tensor2d(output, [rows, features]),
              tf.tensor2d(weights, [tokens, experts]),
            ];
            const dy_TF = tf.tensor2d(dy, [tokens, features]);
            return [
              ...run(GATHER_ROWS, {
                x: tf.tensor2d(x, [tokens, features]),
                index: tf.tensor1d(token, 'int32'),
              }),
              ...run(SUM_ROWS, { x: output_SF, index: row_TK }),
              ...run(COMBINE_ROWS, { x: output_SF, weights: weights_TE, row: row_TK, cell: cell_S }),
              ...run(COMBINE_ROWS_GRADIENT, { x: output_SF, weights: weights_TE, cell: cell_S, dy: dy_TF }),
            ];
          }),
        );
        const [sums, combined] = [new Float64Array(tokens * features), new Float64Array(tokens * features)];
        const [gathered, toRows] = [new Float64Array(rows * features), new Float64Array(rows * features)];
        const toWeights = new Float64Array(tokens * experts);
        token.forEach((t, s) => {
          if (t < 0) return;
          for (let f = 0; f < features; f++) {
            const [there, here] = [t * features + f, s * features + f];
            gathered[here] = x[there]!;
            sums[there]! += output[here]!;
            combined[there]! += weights[cell[s]!]! * output[here]!;
            toRows[here] = weights[cell[s]!]! * dy[there]!;
            toWeights[cell[s]!]! += output[here]! * dy[there]!;
          }
        });
        [gathered, sums, combined, toRows, toWeights].forEach((expected, i) => {
          expect(difference(results[i]!, expected), `result ${i} of selection ${seed}`).toBeUndefined();
        });
      }
    });

    test('a NaN among the weights makes the token NaN, and no other, where its expert is another or it has none', async () => {
      const inputs = {
        x: tf.tensor2d([1, 2, 3], [3, 1]),
        weights: tf.tensor2d([1, Number.NaN, 0.5, 0, Number.NaN, 0], [3, 2]),
        row: tf.tensor2d([0, 1, -1], [3, 1], 'int32'),
        cell: tf.tensor1d([0, 2, -1], 'int32'),
      };
      const [y] = await numbersOf(run(COMBINE_ROWS, inputs));
      expect(Array.from(y!)).toEqual([Number.NaN, 1, Number.NaN]);
      tf.dispose(inputs);
    });

    test('masks have the K largest of each row, the first of equal ones first, NaN last', async () => {
      for (let seed = 0; seed < seeds; seed++) {
        const draw = stream(seed, 'scores');
        const [rows, size, k] = [
          1 + draw.integer(70),
          1 + draw.integer(seed % 9 === 0 ? 300 : 12),
          1 + draw.integer(4),
        ];
        const odd = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -3.4e38];
        const scores = Float32Array.from({ length: rows * size }, () =>
          draw.integer(6) === 0 ? odd[draw.integer(4)]! : draw.integer(5) - 2,
        );
        const inputs = { scores: tf.tensor2d(scores, [rows, size]) };
        const masks = await numbersOf(run(TOP_K_MASKS, inputs, { k }));
        const expected = Array.from({ length: k }, () => new Float32Array(rows * size));
        for (let row = 0; row < rows; row++) {
          const own = Array.from(scores.subarray(row * size, row * size + size), (score) =>
            Number.isNaN(score) ? -3e38 : Math.max(score, -3e38),
          );
          const order = own.map((_, e) => e).sort((a, b) => own[b]! - own[a]! || a - b);
          order.slice(0, k).forEach((e, choice) => {
            expected[choice]![row * size + e] = 1;
          });
        }
        masks.forEach((mask, i) => {
          expect(difference(mask, expected[i]!), `choice ${i} of scores ${seed}`).toBeUndefined();
        });
        tf.dispose(inputs);
      }
    });

    test('integers and truths are read as the numbers that they are', async () => {
      const selected = tf.tensor2d([1, 0, 1, 1, 1, 0], [3, 2], 'bool');
      const x = tf.tensor2d([1, 2, 3], [3, 1], 'int32');
      const [offsets, token] = run(SORT_BY_EXPERT, { selected }, { perToken: 2 });
      const [copies] = run(GATHER_ROWS, { x, index: token! });
      const [bounds, values] = await numbersOf([offsets!, copies!]);
      expect(Array.from(bounds!)).toEqual([0, 3, 4]);
      expect(Array.from(values!)).toEqual([1, 2, 3, 2, 0, 0]);
    });
  });
}
