/** What the page and the workers that think say to each other. */
import type { Health } from './health.ts';
import type { RateResult } from './rate-experiment.ts';
import type { RateTask } from './rate-tasks.ts';
import type { Settings } from './settings.ts';

export type AnalysisOrder =
  | { readonly type: 'health'; readonly settings: Settings }
  | { readonly type: 'fit'; readonly settings: Settings; readonly task: RateTask };

export type AnalysisReport =
  | { readonly type: 'health'; readonly health: Health }
  | { readonly type: 'fit'; readonly result: RateResult }
  | { readonly type: 'failed'; readonly problem: string };
