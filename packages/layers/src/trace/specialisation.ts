import { MoeError } from '@tfjs-moe/core';
import { callsOf } from './calls-by-layer.ts';
import { expectTrace, type RoutingTrace } from './routing-trace.ts';

/** Which experts the tokens of every label are sent to. */
export interface Specialisation {
  /** The labels, in the order in which they first come. */
  readonly labels: readonly (string | number)[];
  /** Tokens of every label. */
  readonly tokens: readonly number[];
  /** Of the tokens of a label, the share that each expert has, as rows [label][expert]: $N_{e,d} / N_d$. */
  readonly shares: readonly (readonly number[])[];
  /** What every share would be if labels and experts were all alike: mean experts per token over E. */
  readonly uniform: number;
  /**
   * What the expert says of the label, in nats: $I = \sum_{d,e} p_{de} \log \frac{p_{de}}{p_d p_e}$ over the pairs of token
   * and expert. 0 when experts do not care; at most the entropy of the labels, or of the load.
   */
  readonly mutualInformation: number;
}

/**
 * Specialisation: how differently tokens of different labels are routed, a label being a domain, a class, or a token's id.
 *
 * With few tokens per label the mutual information is above 0 by chance: about (labels - 1)(experts - 1) / (2 n) for n
 * pairs.
 *
 * Source: Muennighoff et al., "OLMoE" (2024), sections 5.3 and 5.4: domain and vocabulary specialisation.
 * @param trace with labels; tokens whose label is null do not count
 * @param layer which, where the trace has several
 */
export function specialisation(trace: RoutingTrace, layer?: string | number): Specialisation {
  const who = 'specialisation';
  const { experts, calls } = callsOf(who, expectTrace(who, trace), layer);
  const counts = new Map<string | number, { tokens: number; ofExpert: number[] }>();
  for (const { choices, labels } of calls) {
    if (labels === undefined)
      throw new MoeError(who, 'the trace must have labels: recordRouting(..., { labels })');
    choices.forEach((chosen, t) => {
      const label = labels[t] ?? null;
      if (chosen === null || label === null) return;
      const known = counts.get(label) ?? { tokens: 0, ofExpert: new Array<number>(experts).fill(0) };
      counts.set(label, known);
      known.tokens++;
      for (const e of chosen) known.ofExpert[e]!++;
    });
  }
  const all = [...counts.values()];
  const table = all.map(({ ofExpert }) => ofExpert);
  const tokens = all.map((each) => each.tokens);
  const pairs = sum(table.flat());
  return {
    labels: [...counts.keys()],
    tokens,
    shares: table.map((row, d) => row.map((n) => n / tokens[d]!)),
    uniform: pairs === 0 ? 0 : pairs / sum(tokens) / experts,
    mutualInformation: mutualInformation(table, pairs),
  };
}

function mutualInformation(table: readonly (readonly number[])[], pairs: number): number {
  const ofLabel = table.map(sum);
  const ofExpert = (table[0] ?? []).map((_, e) => sum(table.map((row) => row[e]!)));
  const terms = table.flatMap((row, d) =>
    row.map((n, e) => (n === 0 ? 0 : (n / pairs) * Math.log((n * pairs) / (ofLabel[d]! * ofExpert[e]!)))),
  );
  return Math.max(0, sum(terms));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, n) => total + n, 0);
}
