import {
  AdamOptimizer,
  engine,
  getKernel,
  mul,
  type Tensor,
  tidy,
  util,
  type Variable,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { ADAM, type AdamAttributes } from '../kernels/adam.ts';

/** What is used of tfjs's Adam; only TypeScript hides it. */
interface Adam {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly accBeta1: Variable;
  readonly accBeta2: Variable;
  readonly accumulatedFirstMoment: (Moment | undefined)[];
  readonly accumulatedSecondMoment: (Moment | undefined)[];
  incrementIterations(): void;
}

interface Moment {
  readonly originalName: string;
  readonly variable: Variable;
}

type Apply = AdamOptimizer['applyGradients'];
type Gradients = Parameters<Apply>[0];

let stock: Apply | undefined;

/**
 * A step of Adam by one kernel for each variable, where tfjs composes it of twelve. Optimisers that extend Adam have it
 * too.
 */
function applyGradients(this: AdamOptimizer, given: Gradients): void {
  const adam = this as unknown as Adam;
  const { beta1, beta2, epsilon, learningRate, accBeta1, accBeta2 } = adam;
  const gradients = Array.isArray(given)
    ? given
    : Object.entries(given).map(([name, tensor]) => ({ name, tensor }));
  const isServed =
    engine().backendName === 'wasm' &&
    getKernel(ADAM, 'wasm') !== undefined &&
    gradients.every(({ name, tensor }, i) => fits(adam, engine().registeredVariables[name], tensor, i));
  if (!isServed) {
    stock!.call(this, given);
    return;
  }
  tidy(() => {
    const powers = [accBeta1, accBeta2].map((power) => power.dataSync()[0]!) as [number, number];
    const attributes: AdamAttributes = {
      ...{ beta1, beta2, epsilon, learningRate },
      ...{ whole1: Math.fround(1 - powers[0]), whole2: Math.fround(1 - powers[1]) },
    };
    gradients.forEach(({ name, tensor: gradient }, i) => {
      const value = engine().registeredVariables[name]!;
      const first = moment(adam.accumulatedFirstMoment, i, `${name}/m`, value);
      const second = moment(adam.accumulatedSecondMoment, i, `${name}/v`, value);
      if (gradient == null) return;
      const inputs = { value, gradient, first, second };
      const results = engine().runKernel(ADAM, inputs, attributes as never) as Tensor[];
      [value, first, second].forEach((variable, j) => {
        variable.assign(results[j]!);
      });
    });
    const next = (power: Variable, beta: number) => power.assign(mul(power, beta));
    next(accBeta1, beta1);
    next(accBeta2, beta2);
  });
  adam.incrementIterations();
}

/** Whether all that a step reads of a variable has its shape: what broadcasts, and what is wrong, is left to tfjs. */
function fits(adam: Adam, value: Variable | undefined, gradient: Tensor | null, i: number): boolean {
  const means = [adam.accumulatedFirstMoment[i]?.variable, adam.accumulatedSecondMoment[i]?.variable];
  return (
    value !== undefined &&
    [gradient, ...means].every((read) => read == null || util.arraysEqual(read.shape, value.shape))
  );
}

/** The mean of a variable: zeros before the first step. */
function moment(moments: (Moment | undefined)[], i: number, originalName: string, value: Variable): Variable {
  moments[i] ??= { originalName, variable: tidy(() => zerosLike(value).variable(false)) };
  return moments[i].variable;
}

/** Lets tfjs's Adam take its steps by the kernel. */
export function placeAdam(): void {
  const { applyGradients: present } = AdamOptimizer.prototype;
  if (present === applyGradients) return;
  stock = present;
  AdamOptimizer.prototype.applyGradients = applyGradients;
}

/** Gives tfjs its own back, unless somebody has replaced this one. */
export function returnAdam(): void {
  if (AdamOptimizer.prototype.applyGradients === applyGradients)
    AdamOptimizer.prototype.applyGradients = stock!;
}
