import { MoeError } from '@tfjs-moe/core';
import type { ReportCard } from './report-card.ts';

/** Refuses what `reportCard` has not returned. */
export function expectCard(who: string, card: ReportCard): void {
  if (Array.isArray(card?.culprits) && typeof card.judged === 'object') return;
  throw new MoeError(who, 'card must be what reportCard returns', card);
}
