/**
 * A mixture of experts at given parameters, $f_G(x) = \sum_e w_e(x)\, h(x, \eta_e)$: a gate, an expert and their numbers.
 *
 * The statistical theory speaks of it as a mixing measure G with one atom per expert. Parameters are stored as layers
 * store them, [copies, ...shape] in one list.
 */
import {
  type ArrayValue,
  arrayGateOps,
  arrayInput,
  arrayParam,
  type Expert,
  expectInteger,
  type Gate,
  type GateParamSpec,
  MoeError,
  mapNames,
  paramSize,
  replicate,
  tableOf,
} from '@tfjs-moe/core';

/** Numbers of parameters by name. */
export type Numbers = Readonly<Record<string, readonly number[]>>;

export interface Mixture {
  readonly gate: Gate;
  readonly expert: Expert;
  readonly inputDim: number;
  readonly experts: number;
  readonly gateParams: Numbers;
  /** Of an expert with one output. */
  readonly expertParams: Numbers;
}

/** The specifications that a mixture's numbers must fit. */
export function mixtureSpecs(of: Omit<Mixture, 'gateParams' | 'expertParams'>): {
  readonly gate: Readonly<Record<string, GateParamSpec>>;
  readonly expert: Readonly<Record<string, GateParamSpec>>;
} {
  const { gate, expert, inputDim, experts } = of;
  expectInteger('mixture', 'experts', experts, { min: 1 });
  expectInteger('mixture', 'inputDim', inputDim, { min: 1 });
  return {
    gate: gate.params(inputDim, experts) as Record<string, GateParamSpec>,
    expert: replicate(expert.params(inputDim, 1), experts),
  };
}

/** A mixture, its numbers checked against what gate and expert ask for. */
export function mixture(of: Mixture): Mixture {
  const specs = mixtureSpecs(of);
  expectNumbers('gateParams', specs.gate, of.gateParams);
  expectNumbers('expertParams', specs.expert, of.expertParams);
  return of;
}

function expectNumbers(
  which: string,
  specs: Readonly<Record<string, GateParamSpec>>,
  numbers: Numbers,
): void {
  for (const [name, spec] of Object.entries(specs)) {
    const size = spec.copies * paramSize(spec);
    const given = numbers[name];
    if (given?.length !== size) {
      throw new MoeError('mixture', `${which} must have ${size} numbers under "${name}"`, given?.length);
    }
    const bad = given.find((value) => !Number.isFinite(value));
    if (bad !== undefined) throw new MoeError('mixture', `${which}["${name}"] must be finite`, bad);
  }
}

/** $f_G$ at some inputs, in float64. */
export function mixtureOutput(of: Mixture, rows: readonly (readonly number[])[]): number[] {
  const specs = mixtureSpecs(mixture(of));
  const ops = arrayGateOps();
  const x = arrayInput(rows);
  const values = (
    named: Readonly<Record<string, GateParamSpec>>,
    numbers: Numbers,
  ): Record<string, ArrayValue> =>
    mapNames(named, (spec, name) => arrayParam(spec, spec.copies, numbers[name] as readonly number[]));
  const { weights } = of.gate.route(ops, x, values(specs.gate, of.gateParams), {
    experts: of.experts,
    training: false,
  });
  const outputs = of.expert.apply(ops, x, values(specs.expert, of.expertParams));
  return tableOf(ops.mul(weights, outputs)).map((row) => row.reduce((sum, value) => sum + value, 0));
}
