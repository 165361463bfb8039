import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Attachment } from '../attach.ts';
import { addressOf, newTensor } from '../backend-memory.ts';
import { FLOATS, INDICES } from '../operands.ts';
import { groupedKernelGradient, groupedProduct } from '../threads/products.ts';
import type { ExpertInput, ForwardAttributes, Instruction, LayerInputs } from './forward.ts';
import { keptOf, looksBefore } from './kept.ts';
import { defineKernel, type Kernel } from './kernel.ts';

/** The gradient of `MoeTraining`. */
export const TRAINING_GRADIENT = 'MoeTrainingGradient';

interface Inputs extends LayerInputs {
  readonly dy: TensorInfo;
  /** The gradient to the balance loss, where there is one. */
  readonly dloss?: TensorInfo;
  readonly kept: TensorInfo;
  readonly rows: TensorInfo;
}

/** The gradients to x, to the router, to its bias where it has one, and to the parameters of the experts as they come. */
export const trainingGradient: Kernel = defineKernel<Inputs, ForwardAttributes>(
  TRAINING_GRADIENT,
  {
    ...{ dy: FLOATS, dloss: FLOATS, kept: FLOATS, rows: INDICES, x: FLOATS, router: FLOATS },
    ...{ bias: FLOATS, selectionBias: FLOATS, mask: FLOATS },
  },
  ({ inputs, attrs, backend, attachment }) => {
    const { x, router, bias, dy } = inputs;
    const [tokens, depth] = x.shape as [number, number];
    const experts = router.shape[0]!;
    const { kernels, heap, memory } = attachment;
    const { program, isSigmoid, divides, scale } = attrs;
    const pairs = tokens * attrs.perToken;
    const kept = keptOf(attrs, { tokens, experts, pairs });
    const at = (input: TensorInfo) => addressOf(backend, input);
    const place = (number: number) => at(inputs.kept) + 4 * number;
    const [offsets, token] = [at(inputs.rows), at(inputs.rows) + 4 * (experts + 1)];
    const ends = Array.from(new Int32Array(memory.buffer, offsets, experts + 1));
    const rows = ends[experts]!;

    // Gradients to the values on each row, room for one more, the gathered rows, and the gradients to weights and logits.
    const widths = [depth, ...program.map(({ units }) => units)];
    const widest = Math.max(...widths);
    const sizes = [...widths, widest, depth].map((width) => (rows * width + 3) & ~3);
    const all = [...sizes, pairs, tokens * experts, tokens];
    const starts = all.map((_, i) => all.slice(0, i).reduce((sum, size) => sum + size, 0));
    const scratch = heap.allocate(4 * all.reduce((sum, size) => sum + size, 4));
    try {
      const [spare, gathered, toWeights, toLogits, room] = starts
        .slice(widths.length)
        .map((start) => scratch + 4 * start) as [number, number, number, number, number];
      const gradient = (value: number) => scratch + 4 * starts[value]!;
      const last = program.length;
      kernels.gatherRows(at(x), token, gathered, rows, 4 * depth);
      kernels.weightedRowsGradient(
        ...([place(kept.result[last]!), token, place(kept.weight), at(dy), gradient(last)] as const),
        ...([toWeights, rows, widths[last]!] as const),
      );
      const addLoss = (size: number, from: 'logits' | 'weight', to: number) => {
        if (inputs.dloss && kept.slopes)
          addScaled(memory, size, at(inputs.dloss), place(kept.slopes[from]), to);
      };
      addLoss(rows, 'weight', toWeights);
      const parameters = programGradient({
        ...{ backend, attachment, inputs, program, ends, widths, spare, gradient },
        value: (index) => (index === 0 ? gathered : place(kept.result[index]!)),
        before: (index) => place(kept.before[index]!),
      });
      kernels.selectionGradient(
        ...([place(kept.logits), tokens, experts, offsets, token, place(kept.weight), toWeights] as const),
        ...([isSigmoid ? 1 : 0, divides ? 1 : 0, scale, room, toLogits] as const),
      );
      addLoss(tokens * experts, 'logits', toLogits);
      const [dx, toRouter] = [newTensor(backend, x.shape), newTensor(backend, router.shape)];
      const whole = [0, tokens];
      groupedProduct(attachment, {
        ...{ x: toLogits, offsets: whole, kernels: at(router), bias: 0, y: at(dx) },
        ...{ depth: experts, units: depth, transposed: false },
      });
      kernels.addRowsTo(gradient(0), token, at(dx), rows, depth);
      groupedKernelGradient(attachment, {
        ...{ x: toLogits, offsets: whole, dy: at(x), gradient: at(toRouter), depth: experts, units: depth },
      });
      const toBias = bias === undefined ? [] : [newTensor(backend, bias.shape)];
      for (const out of toBias) kernels.sumGroups(toLogits, attachment.integers(whole), 1, at(out), experts);
      return [dx, toRouter, ...toBias, ...parameters];
    } finally {
      heap.free(scratch);
    }
  },
);

/** Adds numbers times a factor. */
function addScaled(memory: WebAssembly.Memory, size: number, factor: number, from: number, to: number): void {
  const [scale] = new Float32Array(memory.buffer, factor, 1) as unknown as [number];
  const source = new Float32Array(memory.buffer, from, size);
  const sums = new Float32Array(memory.buffer, to, size);
  for (let i = 0; i < size; i++) sums[i]! += scale * source[i]!;
}

interface Backwards {
  readonly backend: BackendWasm;
  readonly attachment: Attachment;
  readonly inputs: LayerInputs;
  readonly program: readonly Instruction[];
  /** Ends of the rows of the experts. */
  readonly ends: readonly number[];
  readonly widths: readonly number[];
  /** Room for a gradient that is added to another one. */
  readonly spare: number;
  value(index: number): number;
  /** What the activation of a step was given. */
  before(step: number): number;
  gradient(value: number): number;
}

/** Takes the gradient to the last value back to x, and returns those to the parameters, in the order of the program. */
function programGradient(backwards: Backwards): TensorInfo[] {
  const { backend, attachment, inputs, program, ends, widths, spare, value, gradient } = backwards;
  const { kernels, memory } = attachment;
  const rows = ends.at(-1)!;
  const written = new Set([program.length]);
  const found: TensorInfo[][] = [];
  /** Adds a gradient to those that a value has already. */
  const give = (to: number, compute: (out: number) => void) => {
    compute(written.has(to) ? spare : gradient(to));
    if (written.has(to)) kernels.combineAll(0, spare, gradient(to), gradient(to), rows * widths[to]!);
    written.add(to);
  };
  for (const [i, step] of [...program.entries()].reverse()) {
    const { operation, from, other, kernel, bias, activation = 0, depth, units } = step;
    const [own, size] = [gradient(i + 1), rows * units];
    // Of a value that nobody uses.
    if (!written.has(i + 1)) new Uint8Array(memory.buffer).fill(0, own, own + 4 * size);
    if (operation === 'affine') {
      kernels.activationGradient(
        activation,
        looksBefore(step) ? backwards.before(i) : value(i + 1),
        own,
        size,
      );
      const of = (name: ExpertInput) => inputs[name]!;
      const toKernel = newTensor(backend, of(kernel!).shape);
      const toBias = bias === undefined ? [] : [newTensor(backend, of(bias).shape)];
      found[i] = [toKernel, ...toBias];
      const x = value(from);
      const sizes = { offsets: ends, depth, units };
      groupedKernelGradient(attachment, { x, dy: own, gradient: addressOf(backend, toKernel), ...sizes });
      for (const out of toBias)
        kernels.sumGroups(own, attachment.integers(ends), ends.length - 1, addressOf(backend, out), units);
      give(from, (y) => {
        const kernelsOf = addressOf(backend, of(kernel!));
        groupedProduct(attachment, {
          ...{ x: own, offsets: ends, kernels: kernelsOf, bias: 0, y, depth: units, units: depth },
          transposed: true,
        });
      });
    } else if (operation === 'multiply') {
      give(from, (out) => kernels.combineAll(1, own, value(other!), out, size));
      give(other!, (out) => kernels.combineAll(1, own, value(from), out, size));
    } else {
      for (const to of [from, other!])
        give(to, (out) => new Uint8Array(memory.buffer).copyWithin(out, own, own + 4 * size));
    }
  }
  return found.flat();
}
