import { type Activation, type GateOps, MoeError, runSizes } from '@tfjs-moe/core';
import type { OnnxGraph } from './graph.ts';

/** A value of a graph, [experts, tokens, features]; an axis on which it does not depend is 1. */
export interface OnnxValue {
  readonly name: string;
  readonly experts: number;
  readonly hasTokens: boolean;
  readonly features: number;
}

const SMALLEST_NORMAL = 2 ** -126;

/**
 * The algebra of gates and experts as nodes of an ONNX graph: whatever is written in it can be exported, without anybody
 * asking what it is. What looks at several tokens is refused by name, for a graph is run for batches of any size.
 */
export function onnxOps(graph: OnnxGraph, groups = 1): GateOps<OnnxValue> {
  const { node } = graph;
  const number = (value: number): OnnxValue => ({
    name: graph.floats([value], [1, 1, 1]),
    experts: 1,
    hasTokens: false,
    features: 1,
  });
  const of = (operator: string, a: OnnxValue, attributes = {}): OnnxValue => ({
    ...a,
    name: node(operator, [a.name], attributes),
  });
  const both =
    (operator: string) =>
    (a: OnnxValue, b: OnnxValue): OnnxValue => ({
      name: node(operator, [a.name, b.name]),
      experts: Math.max(a.experts, b.experts),
      hasTokens: a.hasTokens || b.hasTokens,
      features: Math.max(a.features, b.features),
    });
  const [add, sub, mul, div] = ['Add', 'Sub', 'Mul', 'Div'].map(both) as [Two, Two, Two, Two];
  const asFloats = (operator: string) => (a: OnnxValue, b: OnnxValue) =>
    of('Cast', both(operator)(a, b), { to: 1 });
  const normalCdf = (a: OnnxValue) =>
    mul(number(0.5), add(number(1), of('Erf', mul(a, number(Math.SQRT1_2)))));

  const activations: Readonly<Record<Activation, (a: OnnxValue) => OnnxValue>> = {
    identity: (a) => a,
    relu: (a) => of('Relu', a),
    tanh: (a) => of('Tanh', a),
    sigmoid: (a) => of('Sigmoid', a),
    softplus: (a) => of('Softplus', a),
    silu: (a) => mul(a, of('Sigmoid', a)),
    gelu: (a) => mul(a, normalCdf(a)),
    geluTanh(a) {
      const cubic = mul(number(0.044715), mul(a, mul(a, a)));
      const inside = mul(number(Math.sqrt(2 / Math.PI)), add(a, cubic));
      return mul(mul(number(0.5), a), add(number(1), of('Tanh', inside)));
    },
  };

  /** As [groups, members, tokens, features], in which operations over experts stay inside their group. */
  const inGroups = (a: OnnxValue): OnnxValue => {
    if (a.experts % groups !== 0)
      throw new MoeError('within', `groups must divide the number of experts (${a.experts})`, groups);
    const shape = graph.integers([groups, a.experts / groups, -1, a.features]);
    return { ...a, name: node('Reshape', [a.name, shape]) };
  };
  const outOfGroups = (a: OnnxValue): OnnxValue => ({
    ...a,
    name: node('Reshape', [a.name, graph.integers([a.experts, -1, a.features])]),
  });
  const overMembers = (reduce: (a: OnnxValue) => OnnxValue) => (a: OnnxValue) => {
    const reduced = reduce(inGroups(a));
    const members = graph.integers([1, a.experts / groups, 1, 1]);
    return outOfGroups({ ...a, name: node('Expand', [reduced.name, members]) });
  };
  const sumExperts = overMembers((a) => ({
    ...a,
    name: node('ReduceSum', [a.name, graph.integers([1])], { keepdims: 1 }),
  }));
  const maxExperts = overMembers((a) => of('ReduceMax', a, { axes: [1], keepdims: 1 }));

  const refuse = (what: string) => (): never => {
    throw new MoeError('exportOnnx', `a gate with ${what} has no plain ONNX graph`);
  };

  return Object.freeze<GateOps<OnnxValue>>({
    constant: number,
    add,
    sub,
    mul,
    div,
    exp: (a) => of('Exp', a),
    log: (a) => of('Log', both('Max')(a, number(SMALLEST_NORMAL))),
    sqrt: (a) => of('Sqrt', a),
    activation: (name, a) => activations[name](a),
    take: (a, features) => ({
      ...a,
      name: node('Gather', [a.name, graph.integers(features)], { axis: 2 }),
      features: features.length,
    }),
    dot(a, b) {
      if (a.features > 1 && b.features > 1 && !b.hasTokens) {
        const transposed = node('Transpose', [b.name], { perm: [0, 2, 1] });
        return { ...both('MatMul')(a, { ...b, name: transposed }), features: 1 };
      }
      const product = { ...both('Mul')(a, b), features: 1 };
      return { ...product, name: node('ReduceSum', [product.name, graph.integers([2])], { keepdims: 1 }) };
    },
    affine(x, kernel, bias, activation) {
      const product = { ...both('MatMul')(x, kernel), features: kernel.features };
      const sum = bias === undefined ? product : add(product, bias);
      return activation === undefined ? sum : activations[activation](sum);
    },
    softmax: (a) => outOfGroups(of('Softmax', inGroups(a), { axis: 1 })),
    logSumExp(a) {
      const largest = maxExperts(a);
      return add(largest, of('Log', sumExperts(of('Exp', sub(a, largest)))));
    },
    sumExperts,
    topK(a, k) {
      const members = a.experts / groups;
      const [, best] = graph.nodes('TopK', [inGroups(a).name, graph.integers([k])], 2, { axis: 1 });
      const order = graph.integers(
        Array.from({ length: members }, (_, i) => i),
        [1, members, 1, 1],
      );
      return Array.from({ length: k }, (_, choice) => {
        const one = node('Gather', [best!, graph.integers([choice])], { axis: 1 });
        const chosen = node('Cast', [node('Equal', [one, order])], { to: 1 });
        return outOfGroups({ ...a, name: chosen, features: 1 });
      });
    },
    greater: asFloats('Greater'),
    greaterOrEqual: asFloats('GreaterOrEqual'),
    normalCdf,
    stopGradient: (a) => a,
    noise: refuse('noise in evaluation'),
    sumTokens: refuse('sums over tokens'),
    meanTokens: refuse('means over tokens'),
    softmaxTokens: refuse('a softmax over tokens'),
    topTokens: refuse('a selection of tokens'),
    inSequences: refuse('sequences'),
    expertNumbers: (experts) => ({
      name: graph.floats(
        Array.from({ length: experts }, (_, e) => e),
        [experts, 1, 1],
      ),
      experts,
      hasTokens: false,
      features: 1,
    }),
    lookup: refuse('a table'),
    within: (inner) => onnxOps(graph, groups * inner),
    runs(a, sizes) {
      const size = a.experts / groups;
      let start = 0;
      return runSizes('exportOnnx', sizes, size).map((experts) => {
        const first = start;
        start += experts;
        const places = Array.from(
          { length: groups * experts },
          (_, e) => Math.floor(e / experts) * size + first + (e % experts),
        );
        const name = node('Gather', [a.name, graph.integers(places)], { axis: 0 });
        return { ...a, name, experts: places.length };
      });
    },
    joined(runs) {
      const experts = runs.reduce((sum, run) => sum + run.experts, 0);
      const together = node(
        'Concat',
        runs.map((run) => inGroups(run).name),
        { axis: 1 },
      );
      return outOfGroups({ ...runs[0]!, name: together, experts });
    },
    spread(a, { experts }) {
      const group = Array.from({ length: experts }, (_, e) => Math.floor((e * a.experts) / experts));
      return { ...a, name: node('Gather', [a.name, graph.integers(group)], { axis: 0 }), experts };
    },
  });
}

type Two = (a: OnnxValue, b: OnnxValue) => OnnxValue;
