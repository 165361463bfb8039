/** What the page and the worker say to each other. A run is one training from its first step; what is late is ignored. */
import type { Picture } from './cells.ts';
import type { Settings } from './settings.ts';

export type Order =
  | { readonly type: 'start'; readonly run: number; readonly settings: Settings }
  /** Train until so many steps are made, and report at most every `pace` milliseconds. */
  | { readonly type: 'until'; readonly run: number; readonly step: number; readonly pace: number }
  | { readonly type: 'pause'; readonly run: number };

export type Report =
  | {
      readonly type: 'state';
      readonly run: number;
      readonly made: number;
      /** Of the steps since the last report. */
      readonly errors: readonly number[];
      readonly loads: readonly (readonly number[])[];
      readonly picture: Picture;
    }
  | { readonly type: 'failed'; readonly run: number; readonly problem: string };
