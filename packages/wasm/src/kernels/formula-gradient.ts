import { type Formula, type FormulaBatch, type FormulaStep, sizeOf, stridesOf } from './formula.ts';

/** The gradient of a formula to what it reads. */
export interface FormulaGradient {
  /** [tokens, experts] each; nothing where the formula does not read it, or as a constant. */
  readonly logits: Float64Array | undefined;
  readonly weights: Float64Array | undefined;
}

/** What a step has of the gradient. */
type Gradients = (Float64Array | undefined)[];

const constants: readonly FormulaStep['operation'][] = [
  ...(['constant', 'choice', 'top', 'greater', 'greaterOrEqual', 'stopGradient'] as const),
];

/**
 * The gradient of the sum of a formula's terms.
 * @param values those of all steps
 */
export function formulaGradient(
  { steps, terms }: Formula,
  values: readonly Float32Array[],
  batch: FormulaBatch,
): FormulaGradient {
  const gradients: Gradients = steps.map(() => undefined);
  const of = (value: number): Float64Array => {
    gradients[value] ??= new Float64Array(sizeOf(steps[value]!, batch));
    return gradients[value]!;
  };
  for (const { weight, value } of terms) of(value)[0]! += weight;
  const found: { logits?: Float64Array; weights?: Float64Array } = {};
  for (let i = steps.length - 1; i >= 0; i--) {
    const step = steps[i]!;
    const own = gradients[i];
    if (own === undefined || constants.includes(step.operation)) continue;
    if (step.operation === 'logits' || step.operation === 'weights') found[step.operation] = own;
    else takeBack(step, i, own, { steps, values, batch, of });
  }
  return { logits: found.logits, weights: found.weights };
}

interface Known {
  readonly steps: readonly FormulaStep[];
  readonly values: readonly Float32Array[];
  readonly batch: FormulaBatch;
  of(value: number): Float64Array;
}

/** Adds the gradient of a step to those of what it is made of. */
function takeBack(step: FormulaStep, index: number, own: Float64Array, known: Known): void {
  const { steps, values, batch, of } = known;
  const { operation, from } = step;
  const [value, a] = [values[index]!, values[from]!];
  const isConstant = (number: number) => constants.includes(steps[number]!.operation);
  switch (operation) {
    case 'add':
    case 'sub':
    case 'mul':
    case 'div':
      if (!isConstant(from)) toFactor(step, own, known, true);
      if (!isConstant(step.other)) toFactor(step, own, known, false);
      return;
    case 'sumTokens':
    case 'meanTokens':
      toTokens(step, own, steps[from]!, batch, of(from));
      return;
    case 'sumExperts':
    case 'logSumExp':
    case 'softmax':
      toExperts(operation, own, value, a, of(from), steps[from]!.experts ? batch.experts : 1);
      return;
    default: {
      const to = of(from);
      for (let i = 0; i < to.length; i++) to[i]! += own[i]! * slope(operation, a[i]!, value[i]!);
    }
  }
}

function slope(operation: FormulaStep['operation'], x: number, y: number): number {
  if (operation === 'exp') return y;
  // At 0 that of what stands for it: tensors add 1 and take it away.
  if (operation === 'log') return x === 0 ? 1 : 1 / x;
  if (operation === 'sqrt') return 0.5 / y;
  // d log sigmoid(x) = sigmoid(-x) dx
  return 1 / (1 + Math.exp(x));
}

/** To the first or to the second of two. */
function toFactor(step: FormulaStep, own: Float64Array, known: Known, isFirst: boolean): void {
  const { steps, values, batch, of } = known;
  const { operation, from, other } = step;
  const width = step.experts ? batch.experts : 1;
  const [a, b] = [values[from]!, values[other]!];
  const [left, leftStep] = stridesOf(steps[from]!, batch);
  const [right, rightStep] = stridesOf(steps[other]!, batch);
  const to = of(isFirst ? from : other);
  for (let i = 0, t = 0; i < own.length; t++) {
    for (let e = 0; e < width; e++, i++) {
      const [at, beside] = [t * left + e * leftStep, t * right + e * rightStep];
      const given = own[i]!;
      if (isFirst) {
        if (operation === 'mul') to[at]! += given * b[beside]!;
        else if (operation === 'div') to[at]! += given / b[beside]!;
        else to[at]! += given;
      } else if (operation === 'mul') to[beside]! += given * a[at]!;
      else if (operation === 'div') to[beside]! -= (given * a[at]!) / b[beside]! / b[beside]!;
      else to[beside]! += operation === 'sub' ? -given : given;
    }
  }
}

function toTokens(
  step: FormulaStep,
  own: Float64Array,
  from: FormulaStep,
  batch: FormulaBatch,
  to: Float64Array,
): void {
  const { mask, tokens } = batch;
  const width = step.experts ? batch.experts : 1;
  const [stride] = stridesOf(from, batch);
  const length = step.inSequences ? tokens / batch.sequences : tokens;
  const sums = new Float64Array(width);
  for (let start = 0; start < tokens; start += length) {
    sums.fill(0);
    for (let t = start; t < (step.inSequences ? start + length : 1); t++) {
      for (let e = 0; e < width; e++) sums[e]! += own[t * width + e]!;
    }
    const counts = (t: number) => mask === undefined || mask[t] !== 0;
    let count = 0;
    for (let t = start; t < start + length; t++) if (counts(t)) count++;
    const divisor = step.operation === 'meanTokens' ? Math.max(count, 1) : 1;
    for (let t = start; t < start + length; t++) {
      if (!counts(t)) continue;
      for (let e = 0; e < width; e++) to[t * stride + e]! += sums[e]! / divisor;
    }
  }
}

function toExperts(
  operation: 'sumExperts' | 'logSumExp' | 'softmax',
  own: Float64Array,
  value: Float32Array,
  a: Float32Array,
  to: Float64Array,
  width: number,
): void {
  for (let row = 0, start = 0; start < to.length; row++, start += width) {
    let mean = 0;
    if (operation === 'softmax') {
      for (let e = 0; e < width; e++) mean += own[start + e]! * value[start + e]!;
    }
    for (let e = 0; e < width; e++) {
      const i = start + e;
      if (operation === 'softmax') to[i]! += value[i]! * (own[i]! - mean);
      else if (operation === 'sumExperts') to[i]! += own[row]!;
      else to[i]! += own[row]! * Math.exp(a[i]! - value[row]!);
    }
  }
}
