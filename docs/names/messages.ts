/** What the page and the worker say to each other; what is late is ignored. */
import type { Routed } from './model.ts';

export interface Question {
  readonly number: number;
  readonly text: string;
}

export type Answer =
  | { readonly number: number; readonly routed: Routed }
  | { readonly number: number; readonly problem: string };
