import type { RoutedModel } from '@tfjs-moe/transformer';
import { type Contest, type Role, spreadOf } from './contest.ts';
import { labellings } from './routing.ts';
import { mean } from './train.ts';

export const roles: readonly Role[] = ['mixture', 'dense', 'dense, equal time'];

/** A row for each network: its bits over the seeds, and what they cost. */
export function networkRows(
  { finished }: Contest,
  parameters: Readonly<Record<'mixture' | 'dense', { readonly active: number; readonly all: number }>>,
): string[][] {
  return roles.flatMap((role) => {
    const own = finished.filter((each) => each.role === role);
    const spread = spreadOf(own.map(({ bits }) => bits));
    if (spread === undefined) return [];
    const { active, all } = parameters[role === 'mixture' ? 'mixture' : 'dense'];
    return [
      [
        role,
        spread.mean.toFixed(3),
        `${spread.least.toFixed(3)} to ${spread.most.toFixed(3)}`,
        String(own[0]!.steps),
        `${(1000 * mean(own.map(({ secondsOfStep }) => secondsOfStep))).toFixed(0)} ms`,
        String(active),
        String(all),
      ],
    ];
  });
}

export const networkHead: readonly string[] = [
  '',
  'bits per held-out character',
  'over seeds',
  'steps',
  'a step',
  'active parameters',
  'all parameters',
];

/** How much the experts of each mixture say of what a character is, and what chance alone would say: bits. */
export function informationRows({ layers }: RoutedModel): string[][] {
  return labellings.map((name) => [
    name,
    ...layers.map(({ by, experts, counts }) => {
      const { labels, mutualInformation } = by[name]!;
      const pairs = counts.reduce((sum, count) => sum + count, 0);
      const chance = ((labels.length - 1) * (experts - 1)) / (2 * pairs);
      return `${(mutualInformation / Math.LN2).toFixed(2)} (chance ${(chance / Math.LN2).toFixed(2)})`;
    }),
  ]);
}

export function informationHead({ layers }: RoutedModel): string[] {
  return ['bits', ...layers.map(({ layer }) => String(layer))];
}
