import * as tf from '@tensorflow/tfjs-core';
import type { MixtureOfExperts } from '@tfjs-moe/layers';
import { constant, type MixtureOfExpertsArgs, softmax } from 'tfjs-moe';
import { builtLayer, weightsOf, writeWeights } from '../built-layer.ts';
import { families } from '../families/families.ts';
import { piecesOf } from '../families/pieces.ts';
import { readPieces } from '../families/read-block.ts';
import { routingOf } from '../families/routing.ts';
import type { Piece } from '../families/tensor-layout.ts';
import type { Checkpoint } from '../safetensors/index.ts';
import { meanOutput } from '../surgery/expert-groups.ts';
import { routingArrays } from '../surgery/routing-arrays.ts';
import type { BlockOfModel } from './blocks-of-model.ts';

/** What the routed experts of a block do with tokens. */
export interface BlockRun {
  /** Their weighted sum, [T, D], row by row. */
  readonly output: Float32Array;
  /** Tokens that each expert is selected for. */
  readonly frequency: readonly number[];
  /** The mean over an expert's tokens of the length of what it adds, with weights over their sum; 0 where it has none. */
  readonly reap: readonly number[];
  /** Of every expert, its unweighted output on average over all tokens; empty where it was not asked for. */
  readonly meanOutputs: readonly Float64Array[];
  readonly logits: readonly (readonly number[])[];
}

/**
 * Runs the routed experts of a block, one after the other, so that never more than one is in memory, each on the tokens that
 * it is selected for.
 * @param isMean whether every expert is also run on all tokens
 */
export async function runBlock(
  checkpoint: Checkpoint,
  block: BlockOfModel,
  x_TD: tf.Tensor2D,
  isMean = false,
): Promise<BlockRun> {
  const [T, D] = x_TD.shape;
  const { experts } = block.sizes;
  const args = routingOf(block.family, block.sizes, block.settings);
  const isAtInput = args.weightAt === 'input';
  const { weights, selected, logits } = await routed(checkpoint, block, args, x_TD);
  const output = new Float32Array(T * D);
  const [frequency, reap] = [Array<number>(experts).fill(0), Array<number>(experts).fill(0)];
  const meanOutputs: Float64Array[] = [];
  const one = builtLayer(
    { experts: 1, gate: softmax({ useBias: false }), expert: args.expert, units: D } as MixtureOfExpertsArgs,
    D,
  );
  try {
    for (let e = 0; e < experts; e++) {
      const rows = selected.flatMap((row, t) => (row[e]! > 0 ? [t] : []));
      frequency[e] = rows.length;
      if (rows.length === 0 && !isMean) continue;
      writeWeights(one, await numbersOf(checkpoint, block, 'expert/', [e], one));
      const run = async (input: () => tf.Tensor) => {
        const y = tf.tidy(() => one.apply(input()) as tf.Tensor);
        const numbers = (await y.data()) as Float32Array;
        y.dispose();
        return numbers;
      };
      if (isMean) meanOutputs.push(meanOutput(await run(() => x_TD), D));
      if (rows.length === 0) continue;
      const w = rows.map((t) => weights[t]![e]!);
      const added = await run(() => {
        const x = tf.gather(x_TD, tf.tensor1d(rows, 'int32'));
        return isAtInput ? tf.mul(x, tf.tensor2d(w, [w.length, 1])) : x;
      });
      rows.forEach((t, i) => {
        let squares = 0;
        for (let d = 0; d < D; d++) {
          const value = added[i * D + d]!;
          squares += value * value;
          output[t * D + d]! += isAtInput ? value : w[i]! * value;
        }
        const sum = weights[t]!.reduce((all, each) => all + each, 0);
        reap[e]! += ((isAtInput ? 1 : w[i]! / (sum || 1)) * Math.sqrt(squares)) / rows.length;
      });
    }
  } finally {
    one.dispose();
  }
  return { output, frequency, reap, meanOutputs, logits };
}

/** The gate of a block as a layer whose experts are next to nothing. */
export function gateLayer(block: BlockOfModel, args: MixtureOfExpertsArgs): MixtureOfExperts {
  const { experts, features } = block.sizes;
  const expert = constant({ valueInitializer: 'zeros' });
  const { gate } = args;
  return builtLayer({ experts, gate, expert, units: 1 } as MixtureOfExpertsArgs, features);
}

async function routed(
  checkpoint: Checkpoint,
  block: BlockOfModel,
  args: MixtureOfExpertsArgs,
  x_TD: tf.Tensor2D,
) {
  const layer = gateLayer(block, args);
  try {
    const all = Array.from({ length: block.sizes.experts }, (_, e) => e);
    writeWeights(layer, await numbersOf(checkpoint, block, 'gate/', all, layer));
    return await routingArrays(layer, x_TD);
  } finally {
    layer.dispose();
  }
}

/** The numbers of some weights of a block, for a layer that has them. */
async function numbersOf(
  checkpoint: Checkpoint,
  block: BlockOfModel,
  start: 'gate/' | 'expert/',
  experts: readonly number[],
  layer: MixtureOfExperts,
): Promise<Map<string, Float32Array>> {
  const pieces = partOf(block, start, experts);
  const shapes = weightsOf(layer);
  const numbers = new Map<string, Float32Array>();
  await readPieces(checkpoint, pieces, block.sizes.experts, (name) => {
    const known = numbers.get(name);
    if (known !== undefined) return known;
    const array = new Float32Array(tf.util.sizeFromShape(shapes.get(name)!.shape as number[]));
    numbers.set(name, array);
    return array;
  });
  return numbers;
}

/** Where some weights of a block lie: of the gate, or of experts. */
export function partOf(
  { family, layout, sizes }: BlockOfModel,
  start: 'gate/' | 'expert/',
  experts: readonly number[],
): Piece[] {
  const pieces = piecesOf(families[family], layout, sizes, experts);
  return pieces.filter(({ views }) => views.every(({ weight }) => weight.startsWith(start)));
}
