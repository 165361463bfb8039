import { MoeError } from '@tfjs-moe/core';
import { callName, expectTrace, type RoutingTrace, type TracedCall } from './routing-trace.ts';

/** A token that two traces send to different experts, or in another order. */
export interface DifferingToken {
  readonly token: number;
  /** Its experts in either trace. */
  readonly choices: readonly [readonly number[], readonly number[]];
  /** How near the decision was in either trace, where it says: next to 0, the last digit decides. */
  readonly margins: readonly [number | null, number | null];
}

/** How far two traces agree in one call of a layer. */
export interface CallComparison extends Pick<TracedCall, 'step' | 'stage' | 'block' | 'layer' | 'call'> {
  /** Tokens that are padding in neither. */
  readonly tokens: number;
  /** Share of them with the same experts in the same order. */
  readonly equal: number;
  /** Mean share of a token's experts that both chose, $|A \cap B| / K$ with K the larger number of experts. */
  readonly overlap: number;
  /** The tokens that are not the same. */
  readonly differing: readonly DifferingToken[];
}

/**
 * Where two traces of the same tokens part: two backends, two programs, two checkpoints, a model before and after
 * quantisation.
 *
 * Calls are paired by step, block, layer and number of the call; each must be in both, with as many tokens, the same
 * padding and the same experts. Tokens without any expert in both agree.
 */
export function compareTraces(a: RoutingTrace, b: RoutingTrace): readonly CallComparison[] {
  const who = 'compareTraces';
  const second = new Map(expectTrace(who, b).map((call) => [callName(call), call]));
  const compared = expectTrace(who, a).map((call) => {
    const name = callName(call);
    const other = second.get(name);
    if (other === undefined) throw new MoeError(who, `the second trace has no ${name}`);
    second.delete(name);
    return comparison(who, call, other);
  });
  const [extra] = second.keys();
  if (extra === undefined) return compared;
  throw new MoeError(who, `the first trace has no ${extra}`);
}

function comparison(who: string, a: TracedCall, b: TracedCall): CallComparison {
  const name = callName(a);
  if (a.experts !== b.experts || a.choices.length !== b.choices.length) {
    const shape = ({ choices, experts }: TracedCall) => [choices.length, experts];
    throw new MoeError(who, `${name} must have the same tokens and experts in both`, [shape(a), shape(b)]);
  }
  const differing: DifferingToken[] = [];
  let [tokens, overlap] = [0, 0];
  a.choices.forEach((first, token) => {
    const second = b.choices[token]!;
    if ((first === null) !== (second === null))
      throw new MoeError(who, `${name}: token ${token} is padding in one trace alone`);
    if (first === null) return;
    tokens++;
    const largest = Math.max(first.length, second.length);
    overlap += largest === 0 ? 1 : first.filter((expert) => second.includes(expert)).length / largest;
    if (first.length === second.length && first.every((expert, i) => expert === second[i])) return;
    const margins = [a.margins?.[token] ?? null, b.margins?.[token] ?? null] as const;
    differing.push({ token, choices: [first, second], margins });
  });
  return {
    step: a.step,
    ...(a.stage !== undefined && { stage: a.stage }),
    ...(a.block !== undefined && { block: a.block }),
    layer: a.layer,
    call: a.call,
    tokens,
    equal: tokens === 0 ? 1 : 1 - differing.length / tokens,
    overlap: tokens === 0 ? 1 : overlap / tokens,
    differing,
  };
}

/**
 * Router saturation: the mean share of experts that two checkpoints both choose for the same tokens, of every layer;
 * 1 once routing no longer changes.
 *
 * Source: Muennighoff et al., "OLMoE" (2024), section 5.1.
 * @param early the trace of one checkpoint
 * @param late the trace of another one on the same inputs, steps included
 */
export function saturation(early: RoutingTrace, late: RoutingTrace): ReadonlyMap<string | number, number> {
  const sums = new Map<string | number, { tokens: number; shared: number }>();
  for (const { layer, tokens, overlap } of compareTraces(early, late)) {
    const sum = sums.get(layer) ?? { tokens: 0, shared: 0 };
    sums.set(layer, { tokens: sum.tokens + tokens, shared: sum.shared + tokens * overlap });
  }
  return new Map([...sums].map(([layer, { tokens, shared }]) => [layer, tokens === 0 ? 1 : shared / tokens]));
}
