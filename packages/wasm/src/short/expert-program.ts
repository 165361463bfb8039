import type { Tensor } from '@tensorflow/tfjs-core';
import type { Activation, HeldParameters, Ops, ShortWayLayer } from '@tfjs-moe/core';
import type { Instruction } from '../kernels/forward.ts';

// In the order of their numbers in assembly/activations.ts.
const activations: readonly Activation[] = [
  'identity',
  'relu',
  'gelu',
  'geluTanh',
  'tanh',
  'sigmoid',
  'silu',
  'softplus',
];

interface Rows {
  readonly value: number;
  readonly units: number;
  readonly shape: readonly number[];
  readonly rank: number;
}

interface Parameter {
  readonly parameter: string;
}

type Traced = Rows | Parameter;

/**
 * The steps of experts that are affine maps, products and sums: found by running the definition on names in place of
 * numbers, so that whoever wrote an expert has nothing to declare. Undefined for experts that do anything else.
 */
export function expertProgram(
  { bank: { expert, stored }, experts }: Pick<ShortWayLayer<Tensor>, 'bank' | 'experts'>,
  inputDim: number,
): readonly Instruction[] | undefined {
  if (expert === undefined) return undefined;
  const instructions: Instruction[] = [];
  const emit = (instruction: Instruction): Rows => {
    instructions.push(instruction);
    return rows(instructions.length, instruction.units);
  };
  const elementwise =
    (operation: 'multiply' | 'add') =>
    (a: Traced, b: Traced): Rows => {
      const [left, right] = [rowsOf(a), rowsOf(b)];
      if (left.units !== right.units) throw notServed;
      const { units } = left;
      return emit({ operation, from: left.value, other: right.value, depth: units, units });
    };
  const ops: Ops<Traced> = new Proxy(
    {
      mul: elementwise('multiply'),
      add: elementwise('add'),
      affine(x: Traced, kernel: Traced, bias?: Traced, activation: Activation = 'identity') {
        const from = rowsOf(x);
        const [depth, units] = shapeOf(stored, kernel, experts, 2);
        const number = activations.indexOf(activation);
        if (depth !== from.units || number < 0) throw notServed;
        if (bias !== undefined && shapeOf(stored, bias, experts, 1)[0] !== units) throw notServed;
        return emit({
          operation: 'affine',
          from: from.value,
          kernel: `expert/${(kernel as Parameter).parameter}`,
          bias: bias && `expert/${(bias as Parameter).parameter}`,
          activation: number,
          depth: from.units,
          units: units!,
        });
      },
    } as Partial<Ops<Traced>> as Ops<Traced>,
    {
      get(own, name) {
        if (name in own) return own[name as keyof Ops<Traced>];
        throw notServed;
      },
    },
  );
  const names = Object.fromEntries(Object.keys(stored).map((name) => [name, { parameter: name }]));
  try {
    const { value } = rowsOf(expert.apply<Traced>(ops, rows(0, inputDim), names));
    // Nothing is left to a kernel where the result is the input itself.
    return value > 0 && value === instructions.length ? instructions : undefined;
  } catch {
    return undefined;
  }
}

const notServed = new Error('no short way for this expert');

const rows = (value: number, units: number): Rows => ({ value, units, shape: [1, units], rank: 2 });

function rowsOf(traced: Traced): Rows {
  if ('parameter' in traced) throw notServed;
  return traced;
}

/** The shape of a parameter of which every expert has a copy, read as it is. */
function shapeOf(
  stored: HeldParameters<Tensor>,
  traced: Traced,
  experts: number,
  rank: number,
): readonly number[] {
  if (!('parameter' in traced)) throw notServed;
  const { spec } = stored[traced.parameter]!;
  if (spec.copies !== experts || spec.constraint !== undefined || spec.shape.length !== rank) throw notServed;
  return spec.shape;
}
