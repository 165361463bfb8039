import { type Formula, type FormulaBatch, type FormulaStep, sizeOf, stridesOf } from './formula.ts';

/** Numbers that close to each other may change places by a rounding. */
const CLOSE = 1e-6;
/** The smallest normal number: what the logarithm takes in place of 0. */
const LEAST = 2 ** -126;

/**
 * The values of all steps of a formula, in float32 as tensors would have them; nothing where a rounding decides a
 * comparison, which is left to whoever composes the loss.
 */
export function formulaValues({ steps }: Formula, batch: FormulaBatch): Float32Array[] | undefined {
  const values: Float32Array[] = [];
  for (const step of steps) {
    const value = resultOf(step, steps, values, batch);
    if (value === undefined) return undefined;
    values.push(value);
  }
  return values;
}

function resultOf(
  step: FormulaStep,
  steps: readonly FormulaStep[],
  values: readonly Float32Array[],
  batch: FormulaBatch,
): Float32Array | undefined {
  const { operation, from, other } = step;
  const [a, b] = [values[from]!, values[other]!];
  const size = sizeOf(step, batch);
  switch (operation) {
    case 'logits':
      return batch.logits;
    case 'weights':
      return batch.weights;
    case 'constant':
      return Float32Array.of(step.value);
    case 'choice':
      return choice(step.value, batch);
    case 'stopGradient':
      return a;
    case 'add':
    case 'sub':
    case 'mul':
    case 'div':
      return combined(step, steps, a, b, batch);
    case 'greater':
    case 'greaterOrEqual':
      return compared(step, steps, a, b, batch);
    case 'sumExperts':
    case 'logSumExp':
    case 'softmax':
      return overExperts(operation, a, steps[from]!.experts ? batch.experts : 1, size);
    case 'top':
      // Logits are those of the product that a router is, bit by bit.
      return top(step.value, a, batch.experts, steps[from]!.isExact || steps[from]!.operation === 'logits');
    case 'sumTokens':
    case 'meanTokens':
      return overTokens(step, steps[from]!, a, batch);
    default:
      return mapped(operation, a);
  }
}

function choice(which: number, { chosen, perToken, tokens, experts }: FormulaBatch): Float32Array {
  const out = new Float32Array(tokens * experts);
  for (let t = 0; t < tokens; t++) {
    // Of padding only the first is written.
    if (chosen[t * perToken]! >= 0) out[t * experts + chosen[t * perToken + which]!] = 1;
  }
  return out;
}

function mapped(operation: FormulaStep['operation'], a: Float32Array): Float32Array {
  const out = new Float32Array(a.length);
  for (let i = 0; i < out.length; i++) {
    const x = a[i]!;
    if (operation === 'exp') out[i] = Math.exp(x);
    else if (operation === 'log') out[i] = Math.log(x === 0 ? LEAST : x);
    else if (operation === 'sqrt') out[i] = Math.sqrt(x);
    else out[i] = Math.min(x, 0) - Math.log1p(Math.exp(-Math.abs(x)));
  }
  return out;
}

function combined(
  step: FormulaStep,
  steps: readonly FormulaStep[],
  a: Float32Array,
  b: Float32Array,
  batch: FormulaBatch,
): Float32Array {
  const out = new Float32Array(sizeOf(step, batch));
  const width = step.experts ? batch.experts : 1;
  const [left, leftStep] = stridesOf(steps[step.from]!, batch);
  const [right, rightStep] = stridesOf(steps[step.other]!, batch);
  const { operation } = step;
  for (let i = 0, t = 0; i < out.length; t++) {
    for (let e = 0; e < width; e++, i++) {
      const x = a[t * left + e * leftStep]!;
      const y = b[t * right + e * rightStep]!;
      if (operation === 'add') out[i] = x + y;
      else if (operation === 'sub') out[i] = x - y;
      else if (operation === 'mul') out[i] = x * y;
      else out[i] = x / y;
    }
  }
  return out;
}

function compared(
  step: FormulaStep,
  steps: readonly FormulaStep[],
  a: Float32Array,
  b: Float32Array,
  batch: FormulaBatch,
): Float32Array | undefined {
  const [one, two] = [steps[step.from]!, steps[step.other]!];
  const gap = combined({ ...step, operation: 'sub' }, steps, a, b, batch);
  const isExact = one.isExact && two.isExact;
  const most = Math.max(1, ...[a, b].map((list) => list.reduce((all, x) => Math.max(all, Math.abs(x)), 0)));
  for (let i = 0; i < gap.length; i++) {
    const difference = gap[i]!;
    if (!isExact && !(Math.abs(difference) > CLOSE * most)) return undefined;
    gap[i] = difference > 0 || (difference === 0 && step.operation === 'greaterOrEqual') ? 1 : 0;
  }
  return gap;
}

function overExperts(
  operation: 'sumExperts' | 'logSumExp' | 'softmax',
  a: Float32Array,
  width: number,
  size: number,
): Float32Array {
  const out = new Float32Array(size);
  const isTable = operation === 'softmax';
  for (let row = 0, start = 0; start < a.length; row++, start += width) {
    let most = operation === 'sumExperts' ? 0 : Number.NEGATIVE_INFINITY;
    let sum = 0;
    if (operation === 'sumExperts') for (let e = 0; e < width; e++) sum += a[start + e]!;
    else {
      for (let e = 0; e < width; e++) most = Math.max(most, a[start + e]!);
      for (let e = 0; e < width; e++) {
        const part = Math.exp(a[start + e]! - most);
        if (isTable) out[start + e] = part;
        sum += part;
      }
    }
    if (isTable) for (let e = 0; e < width; e++) out[start + e]! /= sum;
    else out[row] = operation === 'sumExperts' ? sum : most + Math.log(sum);
  }
  return out;
}

/** 1 at the expert of each token that is the largest but `which`, the first of equals first. */
function top(which: number, a: Float32Array, experts: number, isExact: boolean): Float32Array | undefined {
  const out = new Float32Array(a.length);
  const open = a.slice();
  for (let start = 0; start < a.length; start += experts) {
    let before = Number.POSITIVE_INFINITY;
    for (let round = 0; round <= which + 1; round++) {
      let best = -1;
      let most = Number.NEGATIVE_INFINITY;
      for (let e = 0; e < experts; e++) {
        if (!(open[start + e]! > most)) continue;
        most = open[start + e]!;
        best = e;
      }
      if (best < 0) break;
      if (!isExact && before - most <= CLOSE * Math.max(1, Math.abs(most))) return undefined;
      before = most;
      open[start + best] = Number.NEGATIVE_INFINITY;
      if (round === which) out[start + best] = 1;
    }
  }
  return out;
}

/** Sums or means over tokens that are not padding. */
function overTokens(
  step: FormulaStep,
  from: FormulaStep,
  a: Float32Array,
  batch: FormulaBatch,
): Float32Array {
  const { mask, tokens } = batch;
  const width = step.experts ? batch.experts : 1;
  const out = new Float32Array(sizeOf(step, batch));
  const [stride] = stridesOf(from, batch);
  const length = step.inSequences ? tokens / batch.sequences : tokens;
  const sums = new Float64Array(width);
  for (let start = 0; start < tokens; start += length) {
    sums.fill(0);
    let count = 0;
    for (let t = start; t < start + length; t++) {
      if (mask !== undefined && mask[t] === 0) continue;
      count++;
      for (let e = 0; e < width; e++) sums[e]! += a[t * stride + e]!;
    }
    const divisor = step.operation === 'meanTokens' ? Math.max(count, 1) : 1;
    for (let t = start; t < (step.inSequences ? start + length : 1); t++) {
      for (let e = 0; e < width; e++) out[t * width + e] = sums[e]! / divisor;
    }
  }
  return out;
}
