import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Attachment } from '../attach.ts';
import { addressOf, newTensor } from '../backend-memory.ts';
import { FLOATS } from '../operands.ts';
import { planOfProduct } from '../threads/plan.ts';
import { groupedProduct } from '../threads/products.ts';
import { teamFor } from '../threads/threads.ts';
import type { Formula } from './formula.ts';
import { defineKernel, type Kernel } from './kernel.ts';

/** Name of an input that is a parameter of the experts. */
export type ExpertInput = `expert/${string}`;

/** One step of an expert on its rows. Values are numbered: 0 is the input, n the result of the n-th step. */
export interface Instruction {
  readonly operation: 'affine' | 'multiply' | 'add';
  readonly from: number;
  /** Of a product or a sum. */
  readonly other?: number;
  /** Of an affine map: the inputs that are its parameters, and its activation. */
  readonly kernel?: ExpertInput;
  readonly bias?: ExpertInput | undefined;
  readonly activation?: number;
  readonly depth: number;
  readonly units: number;
}

/** The whole evaluation of a layer: routing by a linear router, and its experts. */
export const FORWARD = 'MoeForward';

/** What a whole layer reads. */
export interface LayerInputs {
  readonly x: TensorInfo;
  readonly router: TensorInfo;
  readonly bias?: TensorInfo;
  readonly selectionBias?: TensorInfo;
  readonly mask?: TensorInfo;
  /** Parameters of the experts, by their names under `expert/`. */
  readonly [name: ExpertInput]: TensorInfo;
}

/** What a call is told besides the tensors. */
export interface ForwardAttributes {
  readonly perToken: number;
  readonly isSigmoid: boolean;
  readonly by: number;
  readonly divides: boolean;
  readonly scale: number;
  /** 0 for none. */
  readonly temperature: number;
  readonly metrics: boolean;
  readonly program: readonly Instruction[];
  /** Of the balance losses, where they are wanted, and the number of sequences that they look at. */
  readonly loss?: { readonly formula: Formula; readonly sequences: number } | undefined;
}

/** Number of ReLU among the activations, which products can have built in. */
export const RELU = 1;

/** Most rows of one expert that are computed together. */
const MOST_ROWS = 512;
const operations = ['affine', 'multiply', 'add'];

/**
 * y [T, U], and the numbers of the routing metrics if they are wanted; nothing at all for batches that have to be composed.
 */
export const forward: Kernel = defineKernel<LayerInputs, ForwardAttributes>(
  FORWARD,
  { x: FLOATS, router: FLOATS, bias: FLOATS, selectionBias: FLOATS, mask: FLOATS },
  ({ inputs, attrs, backend, attachment }) => {
    const { x, router } = inputs;
    const [tokens, depth] = x.shape as [number, number];
    const experts = router.shape[0]!;
    const { kernels, heap } = attachment;
    const { program, perToken } = attrs;
    const at = (input: TensorInfo | undefined) => (input === undefined ? 0 : addressOf(backend, input));
    const pairs = tokens * perToken;
    const units = program.at(-1)!.units;
    const y = newTensor(backend, [tokens, units]);
    const numbers = attrs.metrics ? newTensor(backend, [2 * experts + 4]) : undefined;
    const room = heap.allocate(4 * (8 * experts + 1 + 4 * pairs));
    const offsets = room + 4 * (7 * experts + 2 * pairs);
    const token = offsets + 4 * (experts + 1);
    const weight = token + 4 * pairs;
    let most: number;
    try {
      // Lists that are spread would take a microsecond each.
      most = kernels.routeLinear(
        at(x),
        tokens,
        depth,
        at(router),
        at(inputs.bias),
        at(inputs.selectionBias),
        at(inputs.mask),
        experts,
        perToken,
        attrs.isSigmoid ? 1 : 0,
        attrs.by,
        attrs.divides ? 1 : 0,
        attrs.temperature,
        attrs.scale,
        at(numbers),
        room,
        0,
        offsets,
        token,
        weight,
      );
      if (most >= 0) {
        const routed = { x: at(x), tokens, depth, offsets, experts, token, weight, y: at(y), units, most };
        runExperts(attachment, routed, program, (name) => at(inputs[name]));
      }
    } finally {
      heap.free(room);
    }
    if (most >= 0) return numbers === undefined ? [y] : [y, numbers];
    for (const { dataId } of [y, ...(numbers ? [numbers] : [])]) backend.disposeData(dataId);
    return [];
  },
);

/** Addresses and sizes of tokens that are routed. */
interface Routed {
  readonly x: number;
  readonly tokens: number;
  readonly depth: number;
  readonly offsets: number;
  readonly experts: number;
  readonly token: number;
  readonly weight: number;
  readonly y: number;
  readonly units: number;
  /** Rows of the expert that has most. */
  readonly most: number;
}

/** Adds the weighted outputs of the experts: expert by expert, or all rows at once where threads share them. */
function runExperts(
  attachment: Attachment,
  routed: Routed,
  program: readonly Instruction[],
  parameter: (name: ExpertInput) => number,
): void {
  const { x, tokens, depth, experts, token, weight, y, units } = routed;
  const { kernels, heap } = attachment;
  const offsets = sharedOffsets(attachment, routed, program);
  const together = offsets ? offsets[experts]! : Math.min(routed.most, MOST_ROWS);
  const starts = [0];
  let size = aligned(4 * together * depth);
  for (const step of program) {
    starts.push(size);
    size += aligned(4 * together * step.units);
  }
  const buffers = heap.allocate(size + 16);
  try {
    const address = (value: number) => buffers + starts[value]!;
    if (offsets !== undefined) {
      kernels.gatherRows(x, token, buffers, together, 4 * depth);
      program.forEach((step, i) => {
        runTogether(attachment, step, { offsets, rows: together, out: address(i + 1), address, parameter });
      });
      kernels.addWeightedRows(address(program.length), token, weight, y, tokens, together, units);
      return;
    }
    const words: number[] = [];
    const orX = (value: number | undefined) => (value === 0 ? 0 : address(value!));
    for (let i = 0; i < program.length; i++) {
      const step = program[i]!;
      const factor = step.kernel === undefined ? orX(step.other) : parameter(step.kernel);
      words.push(operations.indexOf(step.operation), address(i + 1), orX(step.from), factor);
      words.push(
        step.bias === undefined ? 0 : parameter(step.bias),
        step.depth,
        step.units,
        step.activation ?? 0,
      );
    }
    kernels.expertsForward(
      x,
      tokens,
      depth,
      routed.offsets,
      experts,
      token,
      weight,
      attachment.integers(words),
      program.length,
      together,
      buffers,
      y,
      units,
      attachment.workspace,
    );
  } finally {
    heap.free(buffers);
  }
}

const aligned = (bytes: number) => (bytes + 15) & ~15;

/** The offsets of the rows, where threads share a product of them. */
function sharedOffsets(
  attachment: Attachment,
  { offsets, experts }: Routed,
  program: readonly Instruction[],
): readonly number[] | undefined {
  if (teamFor(attachment) === undefined) return undefined;
  const own = Array.from(new Int32Array(attachment.memory.buffer, offsets, experts + 1));
  const isShared = ({ operation, depth, units }: Instruction) =>
    operation === 'affine' && planOfProduct(attachment, { depth, units, offsets: own }) !== undefined;
  return program.some(isShared) ? own : undefined;
}

interface Together {
  readonly offsets: readonly number[];
  readonly rows: number;
  readonly out: number;
  address(value: number): number;
  parameter(name: ExpertInput): number;
}

/** One step on all rows. */
function runTogether(
  attachment: Attachment,
  { operation, from, other, kernel, bias, activation = 0, depth, units }: Instruction,
  { offsets, rows, out, address, parameter }: Together,
): void {
  const x = address(from);
  if (kernel === undefined) {
    attachment.kernels.combineAll(operation === 'multiply' ? 1 : 0, x, address(other!), out, rows * units);
    return;
  }
  groupedProduct(attachment, {
    ...{ x, offsets, kernels: parameter(kernel), bias: bias === undefined ? 0 : parameter(bias), y: out },
    ...{ depth, units, transposed: false },
  });
  attachment.kernels.activate(activation, out, rows * units);
}
