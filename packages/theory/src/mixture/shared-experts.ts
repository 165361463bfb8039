import { type Expert, type Gate, MoeError, type Ops, prefixed, scoped } from '@tfjs-moe/core';
import { expertTraits, gateTraits, type MeasureShape, readGate } from '@tfjs-moe/measures';

/**
 * A mixture with experts that no gate chooses: $f + \sum_s g(x, \eta_s) = \sum_e w_e(x)\,(h(x, \eta_e) + \sum_s g(x, \eta_s))$,
 * where weights sum to 1, so that they are experts with parameters that all of them share. Refused where weights do not.
 */
export function withSharedExperts(who: string, shape: MeasureShape, count: number): MeasureShape {
  if (count === 0) return shape;
  const { gate, expert, experts } = shape;
  if (!sumsToOne(gate, experts)) {
    throw new MoeError(
      who,
      `shared experts beside the gate ${gate.kind} cannot be judged: its weights are not known to sum to 1`,
      count,
    );
  }
  return { ...shape, expert: withShared(expert, count) };
}

/** Whether the weights of a gate are known to sum to 1. */
export function sumsToOne(gate: Gate, experts: number): boolean {
  const { form } = gateTraits(gate, experts);
  const selection = form?.type === 'hierarchical' ? undefined : form?.selection;
  const isWhole = selection === undefined || (selection.renormalized && (selection.scale ?? 1) === 1);
  return (form?.type === 'competitive' && isWhole) || readGate(gate, experts)?.sumsToOne === true;
}

function withShared(expert: Expert, count: number): Expert {
  const paths = Array.from({ length: count }, (_, s) => (count === 1 ? 'shared' : `shared${s}`));
  return Object.freeze({
    role: 'expert' as const,
    kind: expert.kind,
    config: expert.config,
    params(inputDim: number, units: number) {
      const own = expert.params(inputDim, units);
      const once = Object.fromEntries(
        Object.entries(own).map(([name, spec]) => [name, { ...spec, shared: true }]),
      );
      return Object.assign({}, own, ...paths.map((path) => prefixed(path, once)));
    },
    apply<V>(ops: Ops<V>, x: V, p: Readonly<Record<string, V>>): V {
      return paths
        .map((path) => expert.apply(ops, x, scoped(path, p)))
        .reduce((sum, shared) => ops.add(sum, shared), expert.apply(ops, x, p));
    },
    traits: { units: expertTraits(expert).units ?? [] },
  });
}
