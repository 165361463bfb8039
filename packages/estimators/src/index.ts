/** Mixtures of experts fitted to data: estimates, their errors, and the choice between them. */
export type { Sample } from './sample.ts';
