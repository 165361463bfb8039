/** What is held: per expert a column of n numbers. */
export interface Held {
  readonly k: number;
  readonly weights: Float64Array;
  /** $\log f_e(y_i)$. */
  readonly logDensity: readonly Float64Array[];
  readonly logits: readonly Float64Array[];
}

/** A stretch of the line without a jump, best first; `gain` is what is gained against t = 0. */
export interface Stretch {
  readonly at: number;
  readonly gain: number;
}

/**
 * Where rows change their experts as a gate moves along a line, and what each change does to the log-likelihood.
 *
 * With the experts held, and of several selected ones the logits too, the log-likelihood along a line of scores
 * $s_e + t\,\delta_e$ is a step function of t: its jumps are where the k-th and the next largest score of a row cross. All
 * of it is known after one sort.
 *
 * The best stretches on both sides of t = 0.
 */
export function bestStretches(
  held: Held,
  scores: readonly Float64Array[],
  slopes: readonly Float64Array[],
  count: number,
): Stretch[] {
  const sides = [1, -1].flatMap((side) => stretchesOf(crossingsOf(held, scores, slopes, side), side, count));
  return sides.sort((a, b) => b.gain - a.gain).slice(0, count);
}

interface Crossings {
  readonly times: Float64Array;
  readonly gains: Float64Array;
}

/** The jumps at $t > 0$ of the line in direction `side`. */
function crossingsOf(
  { k, weights, logDensity, logits }: Held,
  scores: readonly Float64Array[],
  slopes: readonly Float64Array[],
  side: number,
): Crossings {
  const experts = scores.length;
  const times: number[] = [];
  const gains: number[] = [];
  const above: number[] = [];
  for (let i = 0; i < weights.length; i++) {
    if (weights[i] === 0) continue;
    for (let a = 0; a < experts; a++) {
      for (let b = a + 1; b < experts; b++) {
        const turn = side * (slopes[b]![i]! - slopes[a]![i]!);
        const time = (scores[a]![i]! - scores[b]![i]!) / turn;
        if (!(time > 0 && time < Infinity)) continue;
        const score = scores[a]![i]! + side * time * slopes[a]![i]!;
        above.length = 0;
        for (let c = 0; c < experts && above.length < k; c++) {
          if (c === a || c === b) continue;
          if (scores[c]![i]! + side * time * slopes[c]![i]! > score) above.push(c);
        }
        if (above.length !== k - 1) continue;
        const [enters, leaves] = turn > 0 ? [b, a] : [a, b];
        const gain =
          logLawOf(above, enters, i, logDensity, logits) - logLawOf(above, leaves, i, logDensity, logits);
        times.push(time);
        gains.push(weights[i]! * gain);
      }
    }
  }
  return { times: Float64Array.from(times), gains: Float64Array.from(gains) };
}

/** $\log \sum_{e \in S} e^{z_e} f_e - \log \sum_{e \in S} e^{z_e}$ with S the others and one more. */
function logLawOf(
  others: readonly number[],
  own: number,
  row: number,
  logDensity: readonly Float64Array[],
  logits: readonly Float64Array[],
): number {
  if (others.length === 0) return logDensity[own]![row]!;
  let most = logits[own]![row]!;
  let best = most + logDensity[own]![row]!;
  for (const e of others) {
    most = Math.max(most, logits[e]![row]!);
    best = Math.max(best, logits[e]![row]! + logDensity[e]![row]!);
  }
  let sum = Math.exp(logits[own]![row]! - most);
  let joint = Math.exp(logits[own]![row]! + logDensity[own]![row]! - best);
  for (const e of others) {
    sum += Math.exp(logits[e]![row]! - most);
    joint += Math.exp(logits[e]![row]! + logDensity[e]![row]! - best);
  }
  return best + Math.log(joint) - most - Math.log(sum);
}

function stretchesOf({ times, gains }: Crossings, side: number, count: number): Stretch[] {
  const order = Uint32Array.from(times, (_, i) => i).sort((i, j) => times[i]! - times[j]!);
  const best: Stretch[] = [];
  let gain = 0;
  order.forEach((crossing, place) => {
    gain += gains[crossing]!;
    const from = times[crossing]!;
    const next = order[place + 1];
    const to = next === undefined ? 2 * from : times[next]!;
    // Between jumps at one time there is nowhere to stand.
    if (!(to > from * (1 + 1e-9)) || Number.isNaN(gain)) return;
    if (best.length === count && gain <= best.at(-1)!.gain) return;
    best.push({ at: side * 0.5 * (from + to), gain });
    best.sort((a, b) => b.gain - a.gain);
    if (best.length > count) best.pop();
  });
  return best;
}
