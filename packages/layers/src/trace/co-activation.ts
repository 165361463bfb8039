import { callsOf } from './calls-by-layer.ts';
import { expectTrace, type RoutingTrace } from './routing-trace.ts';

/**
 * Co-activation: of the tokens of expert a, the share that expert b has too, $N_{ab} / N_a$, as rows [a][b]; 0 on the
 * diagonal and for experts without tokens.
 *
 * Every pair of a token's experts counts, as in the paper. OLMoE's own script counts neighbours in the order of rank alone,
 * which is the same for K = 2 and less from K = 3 on.
 *
 * Source: Muennighoff et al., "OLMoE" (2024), section 5.2.
 * @param layer which, where the trace has several
 */
export function coActivation(trace: RoutingTrace, layer?: string | number): readonly (readonly number[])[] {
  const { experts, calls } = callsOf('coActivation', expectTrace('coActivation', trace), layer);
  const pairs = Array.from({ length: experts }, () => new Array<number>(experts).fill(0));
  const counts = new Array<number>(experts).fill(0);
  for (const chosen of calls.flatMap(({ choices }) => choices)) {
    for (const a of chosen ?? []) {
      counts[a]!++;
      for (const b of chosen!) if (a !== b) pairs[a]![b]!++;
    }
  }
  return pairs.map((row, a) => row.map((n) => (counts[a] === 0 ? 0 : n / counts[a]!)));
}
