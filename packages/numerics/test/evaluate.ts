/** Definitions evaluated with jets over columns, and with core's plain arrays, from the same numbers. */
import {
  type ArrayValue,
  arrayGateOps,
  arrayInput,
  type Expert,
  type Gate,
  type GateOps,
  type ParamSpecs,
  prefixed,
  type Router,
  replicate,
  scoped,
} from '@tfjs-moe/core';
import { drawnData, valuesOf } from '@tfjs-moe/core/testing';
import {
  type Column,
  columns,
  columnsOf,
  type Grid,
  gridInput,
  gridOps,
  gridParams,
  type Jet,
  jets,
  type Order,
} from '@tfjs-moe/numerics';

/** Something to evaluate: parameters, and one output value per expert and feature. */
export interface Model {
  readonly name: string;
  readonly specs: ParamSpecs;
  apply<V>(ops: GateOps<V>, x: V, p: Record<string, V>): V;
}

const EXPERTS = 4;

export function expertModel(expert: Expert, inputDim: number, units = 2, count = 2): Model {
  return {
    name: `expert ${JSON.stringify(expert.config)}`,
    specs: replicate(expert.params(inputDim, widthOf(expert, inputDim, units)), count),
    apply: (ops, x, p) => expert.apply(ops, x, p),
  };
}

/** The output features that are asked for, or as many as inputs of an expert that takes no other number. */
function widthOf(expert: Expert, inputDim: number, units: number): number {
  return ['identity', 'gatedConstant'].includes(expert.kind) ? inputDim : units;
}

export function routerModel(router: Router, inputDim: number): Model {
  return {
    name: `router ${JSON.stringify(router.config)}`,
    specs: replicate(router.params(inputDim), 2),
    apply: (ops, x, p) => router.logit(ops, x, p),
  };
}

export function gateModel(gate: Gate, inputDim: number): Model {
  return {
    name: `gate ${JSON.stringify(gate.config)}`,
    specs: gate.params(inputDim, EXPERTS),
    apply: (ops, x, p) => gate.route(ops, x, p, { experts: EXPERTS, training: false }).weights,
  };
}

/** $\sum_e w_e(x) h_e(x)$ */
export function mixtureModel(gate: Gate, expert: Expert, inputDim: number): Model {
  const gateSpecs = prefixed('gate', gate.params(inputDim, EXPERTS));
  const expertSpecs = prefixed(
    'expert',
    replicate(expert.params(inputDim, widthOf(expert, inputDim, 1)), EXPERTS),
  );
  return {
    name: `${gate.kind} of ${expert.kind}`,
    specs: { ...gateSpecs, ...expertSpecs },
    apply(ops, x, p) {
      const { weights } = gate.route(ops, x, scoped('gate', p), { experts: EXPERTS, training: false });
      return ops.sumExperts(ops.mul(weights, expert.apply(ops, x, scoped('expert', p))));
    },
  };
}

/** The numbers of a model's parameters. */
export function dataOf(model: Model, seed: number): Record<string, Float64Array> {
  return drawnData(model.specs, seed);
}

export function withJets(
  model: Model,
  rows: readonly number[][],
  data: Record<string, Float64Array>,
  order: Order,
): Grid<Jet<Column>> {
  const ops = gridOps(jets(columns, order));
  return model.apply(ops, gridInput(columnsOf(rows)), gridParams(columns, model.specs, data));
}

export function withArrays(
  model: Model,
  rows: readonly number[][],
  data: Record<string, Float64Array>,
): ArrayValue {
  return model.apply(arrayGateOps(), arrayInput(rows), valuesOf(model.specs, data));
}
