import type { DeviceTensor } from './tensors.ts';

/** What a step of an optimiser is told of a variable. `V` is a tensor. */
export interface StepInputs<V> {
  readonly value: V;
  readonly gradient: V;
  /** What the optimiser keeps beside the variable, in the order of `OptimizerSteps`; undefined before the first step, when it is zeros. */
  readonly kept: readonly (V | undefined)[];
}

/** Begins a step of an optimiser; what it returns gives a variable's new value, then what is kept beside it. */
export type OptimizerStep<V, Optimizer> = (optimizer: Optimizer) => (inputs: StepInputs<V>) => readonly V[];

/** tfjs's Adam, which keeps the means of the gradients and of their squares, and the powers of both betas so far. */
export interface Adam<V> {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly accBeta1: V;
  readonly accBeta2: V;
}

/** Its gradient descent: the negative step size, a tensor of one number. */
export interface Sgd<V> {
  readonly c: V;
}

/** Its gradient descent with momentum, which keeps one sum. */
export interface Momentum<V> extends Sgd<V> {
  readonly m: V;
  readonly useNesterov: boolean;
}

/** Its RMSProp, which keeps the mean square and the moment, and where it is centered the mean too. */
export interface RmsProp {
  readonly learningRate: number;
  readonly decay: number;
  readonly momentum: number;
  readonly epsilon: number;
  readonly centered: boolean;
}

/** The steps that a backend takes itself, by optimiser. */
export interface OptimizerSteps<V> {
  readonly adam?: OptimizerStep<V, Adam<V>>;
  readonly sgd?: OptimizerStep<V, Sgd<V>>;
  readonly momentum?: OptimizerStep<V, Momentum<V>>;
  readonly rmsProp?: OptimizerStep<V, RmsProp>;
}

/** Steps that can be put in place and taken back. */
export interface PlacedSteps {
  /** Lets tfjs's optimisers, and those that extend them, take these steps, on their backend alone. */
  place(): void;
  /** Gives tfjs its own back, unless somebody has replaced these. */
  takeBack(): void;
}

interface Variable extends DeviceTensor {
  assign(value: DeviceTensor): void;
}

interface Kept {
  readonly originalName: string;
  readonly variable: Variable;
}

/** An optimiser of tfjs; only TypeScript hides what it has. */
interface Optimizer {
  readonly centered?: boolean;
  incrementIterations(): void;
}

type NamedGradients = readonly { readonly name: string; readonly tensor: DeviceTensor | null }[];
type Gradients = NamedGradients | Readonly<Record<string, DeviceTensor | null>>;
type Apply = (this: Optimizer, gradients: Gradients) => void;
type Step = OptimizerStep<DeviceTensor, Optimizer>;

interface Prototype {
  applyGradients: Apply;
}

/** What is used of tfjs to take steps. */
interface Tfjs {
  engine(): {
    readonly backendName: string;
    readonly registeredVariables: Readonly<Record<string, Variable | undefined>>;
  };
  mul(a: DeviceTensor, b: number): DeviceTensor;
  tidy(run: () => void): void;
  variable(value: DeviceTensor, trainable: boolean): Variable;
  zerosLike(tensor: DeviceTensor): DeviceTensor;
}

/** How tfjs keeps what belongs to a step: lists of its own, and endings of the names under which they are saved. */
interface Kind {
  readonly className: string;
  readonly lists: readonly (readonly [list: string, ending: string])[];
  /** One list more where means are taken away. */
  readonly whereCentered?: readonly [list: string, ending: string];
  /** What changes once a step, whatever the variable: a tensor times a number. */
  readonly powers?: readonly (readonly [power: string, factor: string])[];
}

const kinds: Readonly<Record<keyof OptimizerSteps<never>, Kind>> = {
  adam: {
    className: 'AdamOptimizer',
    lists: [
      ['accumulatedFirstMoment', 'm'],
      ['accumulatedSecondMoment', 'v'],
    ],
    powers: [
      ['accBeta1', 'beta1'],
      ['accBeta2', 'beta2'],
    ],
  },
  sgd: { className: 'SGDOptimizer', lists: [] },
  momentum: { className: 'MomentumOptimizer', lists: [['accumulations', 'momentum']] },
  rmsProp: {
    className: 'RMSPropOptimizer',
    lists: [
      ['accumulatedMeanSquares', 'rms'],
      ['accumulatedMoments', 'momentum'],
    ],
    whereCentered: ['accumulatedMeanGrads', 'mg'],
  },
};

/** The backends that have a step, and what tfjs did before the first of them came. */
interface Served {
  readonly steps: Map<string, Step>;
  readonly stock: Apply;
  readonly own: Apply;
}

const served = new WeakMap<Prototype, Served>();

/**
 * Steps of optimisers by few kernels for each variable, where tfjs composes each of many.
 * @param tfjs `engine`, `mul`, `tidy`, `variable` and `zerosLike` of tfjs, and the classes of the optimisers
 */
export function optimizerSteps<V extends object>(
  tfjs: object,
  backendName: string,
  steps: OptimizerSteps<V>,
): PlacedSteps {
  const all = Object.entries(steps).map(([name, step]) => {
    const kind = kinds[name as keyof OptimizerSteps<V>];
    const { prototype } = (tfjs as Record<string, { prototype: Prototype }>)[kind.className]!;
    return { kind, prototype, step: step as unknown as Step };
  });
  return {
    place() {
      for (const { kind, prototype, step } of all) {
        let here = served.get(prototype);
        if (here === undefined || here.own !== prototype.applyGradients) {
          const stock = prototype.applyGradients;
          const own = new Map<string, Step>();
          here = { steps: own, stock, own: ownApply(tfjs as Tfjs, kind, own, stock) };
          served.set(prototype, here);
          prototype.applyGradients = here.own;
        }
        here.steps.set(backendName, step);
      }
    },
    takeBack() {
      for (const { prototype } of all) {
        const here = served.get(prototype);
        here?.steps.delete(backendName);
        if (here?.steps.size !== 0 || prototype.applyGradients !== here.own) continue;
        prototype.applyGradients = here.stock;
        served.delete(prototype);
      }
    },
  };
}

function ownApply(
  { engine, mul, tidy, variable, zerosLike }: Tfjs,
  { lists, whereCentered, powers = [] }: Kind,
  steps: ReadonlyMap<string, Step>,
  stock: Apply,
): Apply {
  return function applyGradients(given) {
    const { backendName, registeredVariables } = engine();
    const step = steps.get(backendName);
    const gradients = isList(given)
      ? given
      : Object.entries(given).map(([name, tensor]) => ({ name, tensor }));
    const own = this as unknown as Record<string, (Kept | undefined)[]>;
    const kept = [...lists, ...(whereCentered && this.centered ? [whereCentered] : [])].map(
      ([list, ending]) => ({ list: own[list]!, ending }),
    );
    // What broadcasts, and what is wrong, is left to tfjs.
    const isServed = gradients.every(({ name, tensor }, i) => {
      const read = [tensor, ...kept.map(({ list }) => list[i]?.variable)];
      const value = registeredVariables[name];
      return value && read.every((tensor) => tensor == null || isSameShape(tensor.shape, value.shape));
    });
    if (step === undefined || !isServed) {
      stock.call(this, given);
      return;
    }
    tidy(() => {
      const take = step(this);
      gradients.forEach(({ name, tensor: gradient }, i) => {
        const value = registeredVariables[name]!;
        const before = kept.map(({ list }) => list[i]?.variable);
        const results = gradient && take({ value, gradient, kept: before });
        kept.forEach(({ list, ending }, j) => {
          // Kept from the first step on, gradient or none, for it is saved.
          const next = results?.[j + 1] ?? before[j] ?? zerosLike(value);
          if (list[i] === undefined) {
            list[i] = { originalName: `${name}/${ending}`, variable: variable(next, false) };
          } else if (results) list[i].variable.assign(next);
        });
        if (results) value.assign(results[0]!);
      });
      for (const [power, factor] of powers) {
        const { [power]: sofar, [factor]: beta } = this as unknown as Record<string, Variable & number>;
        sofar!.assign(mul(sofar!, beta!));
      }
    });
    this.incrementIterations();
  };
}

const isList = (gradients: Gradients): gradients is NamedGradients => Array.isArray(gradients);

const isSameShape = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((size, axis) => size === b[axis]);
