/**
 * The live examples, but for that of the start page, as they stand at the end of a run, so that a page shows something before its reader has clicked. They
 * are trained while the site is built, by the code and with the seeds that the page runs.
 */
import { resultOf } from '../build/from-source.ts';
import type { trainOthers } from './train-all.ts';
import type { Training } from './training.ts';

type Trained = Awaited<ReturnType<typeof trainOthers>>;

declare const data: Trained;

export { data };

export default {
  watch: ['./**/*.ts'],
  load: (): Promise<Trained> => resultOf('live/train-all.ts', 'trainOthers'),
};

export type { Training };
