import { digamma, logGamma, trigamma } from '@tfjs-moe/numerics';

/** $\log\Gamma(y + \theta) - \log\Gamma(\theta)$ of the distinct counts, with its derivatives by $\theta$. */
export interface RisingFactorials {
  /** Of every row, where its count stands in the lists. */
  readonly place: Int32Array;
  readonly logs: Float64Array;
  readonly firsts: Float64Array;
  readonly seconds: Float64Array;
}

/** Up to this count the sums are taken term by term, which loses nothing however large $\theta$ is. */
const SHORT = 2000;

/**
 * $\log \theta (\theta + 1) \cdots (\theta + y - 1)$ of many counts at once: one sum over the largest of them for each
 * $\theta$, which is kept until another is asked for.
 */
export function risingFactorials(counts: Float64Array): (theta: number) => RisingFactorials {
  const distinct = [...new Set(counts)].sort((a, b) => a - b);
  const placeOf = new Map(distinct.map((count, i) => [count, i]));
  const place = Int32Array.from(counts, (count) => placeOf.get(count)!);
  const known = new Map<number, RisingFactorials>();
  return (theta) => {
    const before = known.get(theta);
    if (before !== undefined) return before;
    // Experts take turns, block after block.
    if (known.size >= 64) known.clear();
    const made = { place, ...sumsAt(distinct, theta) };
    known.set(theta, made);
    return made;
  };
}

function sumsAt(distinct: readonly number[], theta: number): Omit<RisingFactorials, 'place'> {
  const [logs, firsts, seconds] = [0, 1, 2].map(() => new Float64Array(distinct.length)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  let [log, first, second] = [0, 0, 0];
  let reached = 0;
  distinct.forEach((count, i) => {
    if (count > SHORT) {
      logs[i] = logGamma(count + theta) - logGamma(theta);
      firsts[i] = digamma(count + theta) - digamma(theta);
      seconds[i] = trigamma(count + theta) - trigamma(theta);
      return;
    }
    for (; reached < count; reached++) {
      const factor = theta + reached;
      log += Math.log(factor);
      first += 1 / factor;
      second -= 1 / (factor * factor);
    }
    logs[i] = log;
    firsts[i] = first;
    seconds[i] = second;
  });
  return { logs, firsts, seconds };
}
