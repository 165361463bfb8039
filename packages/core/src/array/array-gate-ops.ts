import { MoeError } from '../errors.ts';
import { expectSequences } from '../expect-tokens.ts';
import type { GateOps } from '../gate-ops.ts';
import { runSizes } from '../runs.ts';
import { type Distribution, type Stream, stream } from '../stream.ts';
import { arrayOps, map, zip } from './array-ops.ts';
import { normalCdf } from './special.ts';
import { type TokenAxis, tokenAxis } from './token-axis.ts';
import { type ArrayValue, at, build } from './value.ts';

/** What the interpretation of gates on arrays is told besides the input: padding and noise. */
export interface ArrayGateOptions {
  /** 1 for a token that counts, 0 for padding, one per token. Default: every token counts. */
  readonly mask?: readonly number[];
  /** Where noise comes from. Default `stream(0)`. */
  readonly random?: Stream;
  /** Number of tokens, for sums of what does not vary with them. Default: that of what is summed. */
  readonly tokens?: number;
  /** Number of sequences: equal runs of consecutive tokens. Default: the input has no axis of sequences. */
  readonly sequences?: number;
}

/**
 * The plain-array interpretation of GateOps: naive loops over tokens and experts in float64.
 */
export function arrayGateOps(options: ArrayGateOptions = {}): GateOps<ArrayValue> {
  const { random = stream(0), sequences } = options;

  function interpretation(groups: number, overTokens: TokenAxis): GateOps<ArrayValue> {
    return Object.freeze<GateOps<ArrayValue>>({
      ...arrayOps,
      ...groupedReductions(groups),
      ...overTokens,
      greater: (a, b) => zip(a, b, (u, v) => (u > v ? 1 : 0)),
      greaterOrEqual: (a, b) => zip(a, b, (u, v) => (u >= v ? 1 : 0)),
      normalCdf: (a) => map(a, normalCdf),
      stopGradient: (a) => a,
      noise: (law: Distribution, like) => build(like, () => random[law]()),
      within: (inner) => interpretation(groups * inner, overTokens),
      inSequences: () => interpretation(groups, tokenAxis(options, expectSequences(sequences))),
      spread,
      runs: (a, sizes) => runsOf(a, groups, sizes),
      joined: (runs) => joined(runs, groups),
      expertNumbers: (experts) => build({ tokens: 1, experts, rows: 1, features: 1 }, (_, e) => e),
      lookup,
    });
  }
  return interpretation(1, tokenAxis(options));
}

function lookup(table: ArrayValue, index: ArrayValue): ArrayValue {
  return build({ ...index, features: table.features }, (t, _e, _r, f) => {
    const row = at(index, t, 0, 0, 0);
    const isRow = Number.isInteger(row) && row >= 0 && row < table.rows;
    return isRow ? at(table, 0, 0, row, f) : Number.NaN;
  });
}

function spread(a: ArrayValue, { experts }: ArrayValue): ArrayValue {
  return build({ ...a, experts }, (t, e, r, f) => at(a, t, Math.floor((e * a.experts) / experts), r, f));
}

/** Of each of `groups` equal runs the parts of these sizes. */
function runsOf(a: ArrayValue, groups: number, sizes: readonly number[]): ArrayValue[] {
  // What does not vary with the experts stands for all of them.
  const all = a.experts === 1 ? groups * sizes.reduce((sum, each) => sum + each, 0) : a.experts;
  const size = all / groups;
  let start = 0;
  return runSizes('runs', sizes, size).map((experts) => {
    const first = start;
    start += experts;
    return build({ ...a, experts: groups * experts }, (t, e, r, f) =>
      at(a, t, Math.floor(e / experts) * size + first + (e % experts), r, f),
    );
  });
}

function joined(runs: readonly ArrayValue[], groups: number): ArrayValue {
  const places = Array.from({ length: groups }, (_, g) =>
    runs.flatMap((run) => {
      const size = run.experts / groups;
      return Array.from({ length: size }, (__, m) => ({ run, expert: g * size + m }));
    }),
  ).flat();
  const tokens = Math.max(...runs.map((run) => run.tokens));
  return build({ ...runs[0]!, tokens, experts: places.length }, (t, e, r, f) =>
    at(places[e]!.run, t, places[e]!.expert, r, f),
  );
}

/** The operations over experts, each inside `groups` equal runs of consecutive experts. */
function groupedReductions(groups: number) {
  const sizeOf = (a: ArrayValue): number => {
    if (a.experts % groups === 0) return a.experts / groups;
    throw new MoeError('within', `groups must divide the number of experts (${a.experts})`, groups);
  };
  const reduce = (
    a: ArrayValue,
    start: number,
    step: (total: number, value: number) => number,
  ): ArrayValue => {
    const size = sizeOf(a);
    return build({ ...a, experts: groups }, (t, g, r, f) => {
      let total = start;
      for (let m = 0; m < size; m++) total = step(total, at(a, t, g * size + m, r, f));
      return total;
    });
  };
  function sumExperts(a: ArrayValue): ArrayValue {
    return spread(
      reduce(a, 0, (total, value) => total + value),
      a,
    );
  }

  function shifted(logits: ArrayValue) {
    const largest = spread(reduce(logits, -Infinity, Math.max), logits);
    const exps = map(arrayOps.sub(logits, largest), Math.exp);
    return { largest, exps, sum: sumExperts(exps) };
  }

  function softmax(logits: ArrayValue): ArrayValue {
    const { exps, sum } = shifted(logits);
    return arrayOps.div(exps, sum);
  }

  function logSumExp(logits: ArrayValue): ArrayValue {
    const { largest, sum } = shifted(logits);
    return arrayOps.add(largest, map(sum, Math.log));
  }

  function topK(scores: ArrayValue, k: number): ArrayValue[] {
    const size = sizeOf(scores);
    return Array.from({ length: k }, (_, choice) =>
      build(scores, (t, e) => {
        const first = Math.floor(e / size) * size;
        const key = (expert: number) => {
          const score = at(scores, t, expert, 0, 0);
          return Number.isNaN(score) ? -Infinity : score;
        };
        let better = 0;
        for (let other = first; other < first + size; other++) {
          if (key(other) > key(e) || (key(other) === key(e) && other < e)) better++;
        }
        return better === choice ? 1 : 0;
      }),
    );
  }

  return { sumExperts, softmax, logSumExp, topK };
}
