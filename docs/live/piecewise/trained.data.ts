/** The example of the start page as it stands at the end of a run: see `../trained.data.ts`. */
import { resultOf } from '../../build/from-source.ts';
import type { Training } from '../training.ts';

declare const data: Training;

export { data };

export default {
  watch: ['../**/*.ts'],
  load: (): Promise<Training> => resultOf('live/train-all.ts', 'trainFirst'),
};
