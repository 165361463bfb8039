/** What the estimators are measured in, one case for each figure that was to be reached. */
import type { Row, Run } from '../../subject.ts';

/** One case of the subject; several of one `topic` make a table. */
export interface Case {
  readonly topic: string;
  readonly name: string;
  measure(run: Run): Promise<Row> | Row;
}

/** Some share of a bar, 1 or less where it is reached. */
export interface Bar {
  /** As `at most 0.1 of flexmix`. */
  readonly bar: string;
  readonly share: number;
}

/** The columns of a row that say whether its bar is reached, and else by how much it is missed. */
export function reached({ bar, share }: Bar): { readonly bar: string; readonly reached: string } {
  if (share <= 1) return { bar, reached: 'yes' };
  const over =
    share < 1.095 ? `${((share - 1) * 100).toFixed(0) || 'below 1'} %` : `${share.toFixed(1)}-fold`;
  return { bar, reached: `no, ${share < 1.095 ? `missed by ${over}` : over}` };
}

/** A row of a time that was to stay under some seconds: the ratio is its part of them. */
export function underSeconds(
  ms: number,
  seconds: number,
): Pick<Row, 'ratios' | 'spread' | 'ms'> & Record<string, unknown> {
  const share = ms / (1000 * seconds);
  return {
    ratios: { limit: share },
    spread: {},
    ms,
    seconds: ms / 1000,
    ...reached({ bar: `under ${seconds} s`, share }),
  };
}
