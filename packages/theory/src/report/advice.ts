/**
 * Advice that was tried: changes after which the verdicts are certified.
 */
import type { Config } from '@tfjs-moe/core';
import { identifiability } from '../identifiability/identifiability.ts';
import { type Change, changesOf } from './changes.ts';
import type { Judged } from './reduced.ts';
import { type Standing, standingOf } from './standing.ts';

export interface Advice {
  /** Names of the changes: one, or two where no single one suffices. */
  readonly changes: readonly string[];
  /** What to do, in words. */
  readonly text: string;
  /** What to write instead. */
  readonly code: readonly string[];
  readonly gate: Config;
  readonly expert: Config;
  /** Where the pair stands after the change, as certified. */
  readonly standing: Standing;
  /** What the promise needs besides. */
  readonly condition?: string;
  /** The verdicts of the changed pair, at the size that the card was judged at. */
  readonly verdicts: { readonly firstOrder: string; readonly secondOrder: string; readonly weak?: string };
}

export interface AdviceOptions {
  readonly overSpecified: boolean;
  readonly budget: number;
  readonly seed: number;
  readonly progress: (what: string) => void;
}

/** Single changes that mend a pair; pairs of changes where there are none; nothing for a pair that needs none. */
export function adviceOn(judged: Judged, standing: Standing, options: AdviceOptions): Advice[] {
  if (standing === 'identifiable') return [];
  const { gate, expert } = judged;
  const changes = changesOf(gate, expert);
  const single = changes.flatMap((change) => tried(judged, [change], options) ?? []);
  const advice = [...single];
  if (single.length === 0) {
    const pairs = changes
      .filter(({ part }) => part === 'gate')
      .flatMap((first) =>
        changesOf(first.gate, expert)
          .filter(({ part }) => part === 'expert')
          .map((second) => [first, second]),
      );
    for (const pair of pairs) {
      const found = tried(judged, pair, options);
      if (found) advice.push(found);
      if (advice.length === 2) break;
    }
  }
  if (standing === 'identifiable if fitted exactly') advice.push(fewerExperts(judged));
  return advice;
}

/** A change, or one after another, as advice if it helps. */
function tried(judged: Judged, changes: readonly Change[], options: AdviceOptions): Advice | undefined {
  const { gate, expert } = changes.at(-1)!;
  const { overSpecified, budget, seed, progress } = options;
  progress(`trying: ${changes.map(({ name }) => name).join(' and ')}`);
  const { inputDim, atoms } = judged;
  const answer = identifiability({ gate, expert, inputDim, atoms, budget, seed });
  const standing = standingOf(answer, overSpecified);
  const inRegimeTwo = answer.weak?.jacobian.verdict === 'independent';
  if (standing !== 'identifiable' && !(inRegimeTwo && answer.firstOrder.verdict === 'independent'))
    return undefined;
  return {
    changes: changes.map(({ name }) => name),
    text: changes.map(({ text }) => text).join('; and '),
    code: changes.map(({ code }) => code),
    gate: gate.config,
    expert: expert.config,
    standing: 'identifiable',
    ...(standing !== 'identifiable' && {
      condition: 'where the weights of over-specified experts depend on the input (regime 2)',
    }),
    verdicts: {
      firstOrder: answer.firstOrder.verdict,
      secondOrder: answer.secondOrder.verdict,
      ...(answer.weak && { weak: answer.weak.jacobian.verdict }),
    },
  };
}

/** Certified by the card's own first-order verdict. */
function fewerExperts({ gate, expert }: Judged): Advice {
  return {
    changes: ['the true number of experts'],
    text: 'fit no more experts than there are: the pair is identifiable then',
    code: [],
    gate: gate.config,
    expert: expert.config,
    standing: 'identifiable if fitted exactly',
    verdicts: { firstOrder: 'independent', secondOrder: 'dependent' },
  };
}
