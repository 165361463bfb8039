import type { TensorInfo } from '@tensorflow/tfjs-core';
import { addressOf, newTensor } from '../backend-memory.ts';
import { FLOATS } from '../operands.ts';
import { groupedProduct } from '../threads/products.ts';
import { type ForwardAttributes, type LayerInputs, RELU } from './forward.ts';
import { keptOf } from './kept.ts';
import { defineKernel, type Kernel } from './kernel.ts';
import { writeLoss } from './write-loss.ts';

/** The forward pass of a layer whose gradient is wanted: `MoeForward`, which keeps what the gradient needs. */
export const TRAINING = 'MoeTraining';

/**
 * y [T, U], what is kept, the offsets and tokens of the rows [E + 1 + T K], the numbers of the routing metrics and the balance
 * loss [] if they are wanted; nothing at all for batches that have to be composed.
 */
export const training: Kernel = defineKernel<LayerInputs, ForwardAttributes>(
  TRAINING,
  { x: FLOATS, router: FLOATS, bias: FLOATS, selectionBias: FLOATS, mask: FLOATS },
  ({ inputs, attrs, backend, attachment }) => {
    const { x, router } = inputs;
    const [tokens, depth] = x.shape as [number, number];
    const experts = router.shape[0]!;
    const { kernels, heap, memory } = attachment;
    const { program, perToken } = attrs;
    const at = (input: TensorInfo | undefined) => (input === undefined ? 0 : addressOf(backend, input));
    const pairs = tokens * perToken;
    const kept = keptOf(attrs, { tokens, experts, pairs });
    const units = program.at(-1)!.units;
    const y = newTensor(backend, [tokens, units]);
    const floats = newTensor(backend, [kept.size]);
    const rows = newTensor(backend, [experts + 1 + pairs], 'int32');
    const numbers = attrs.metrics ? newTensor(backend, [2 * experts + 4]) : undefined;
    const loss = attrs.loss ? newTensor(backend, []) : undefined;
    const results = [y, floats, rows, ...(numbers ? [numbers] : []), ...(loss ? [loss] : [])];
    const place = (number: number) => at(floats) + 4 * number;
    const [offsets, token] = [at(rows), at(rows) + 4 * (experts + 1)];
    const scratch = heap.allocate(4 * Math.max(7 * experts + 2 * pairs, pairs * depth));
    try {
      const most = kernels.routeLinear(
        ...([at(x), tokens, depth, at(router), at(inputs.bias), at(inputs.selectionBias)] as const),
        ...([at(inputs.mask), experts, perToken, attrs.isSigmoid ? 1 : 0, attrs.by] as const),
        ...([attrs.divides ? 1 : 0, attrs.temperature, attrs.scale, at(numbers), scratch] as const),
        ...([place(kept.logits), offsets, token, place(kept.weight)] as const),
      );
      // Where all tokens are padding, a NaN of the router comes to its gradient by ways of its own.
      const isSound = () =>
        !loss ||
        writeLoss(attrs, memory, {
          ...{ tokens, experts, offsets, token, chosen: scratch + 4 * 7 * experts, out: at(loss) },
          ...{ mask: at(inputs.mask), logits: place(kept.logits), weight: place(kept.weight) },
          ...{ toLogits: place(kept.slopes!.logits), toWeight: place(kept.slopes!.weight) },
        });
      if (most <= 0 || !isSound()) {
        for (const { dataId } of results) backend.disposeData(dataId);
        return [];
      }
      const ends = Array.from(new Int32Array(memory.buffer, offsets, experts + 1));
      const count = ends[experts]!;
      kernels.gatherRows(at(x), token, scratch, count, 4 * depth);
      const value = (index: number) => (index === 0 ? scratch : place(kept.result[index]!));
      for (const [i, step] of program.entries()) {
        const { operation, from, other, kernel, bias, activation = 0, ...sizes } = step;
        const [out, size] = [value(i + 1), count * sizes.units];
        if (operation !== 'affine') {
          kernels.combineAll(operation === 'multiply' ? 1 : 0, value(from), value(other!), out, size);
          continue;
        }
        const before = kept.before[i];
        const given = before === undefined ? out : place(before);
        groupedProduct(attachment, {
          ...{ x: value(from), offsets: ends, kernels: at(inputs[kernel!]!), ...sizes },
          ...{ bias: bias === undefined ? 0 : at(inputs[bias]!), y: given },
          ...{ transposed: false, relu: activation === RELU },
        });
        if (given !== out) new Uint8Array(memory.buffer).copyWithin(out, given, given + 4 * size);
        if (activation !== RELU) kernels.activate(activation, out, size);
      }
      const last = value(program.length);
      kernels.addWeightedRows(last, token, place(kept.weight), at(y), tokens, count, units);
      return results;
    } finally {
      heap.free(scratch);
    }
  },
);
