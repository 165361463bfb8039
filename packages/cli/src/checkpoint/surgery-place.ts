import type { StepProgress } from '../step-progress.ts';

/** Who changes which model, and where the result goes. */
export interface SurgeryPlace {
  readonly who: string;
  /** Of the model, as the user wrote it. */
  readonly path: string;
  /** Absolute. */
  readonly folder: string;
  /** The same as the user wrote it. */
  readonly out: string;
  readonly progress: StepProgress;
}

/** What is told when it is done. */
export interface Told {
  readonly json: object;
  readonly text: string;
}
