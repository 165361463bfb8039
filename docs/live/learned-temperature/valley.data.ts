/** The distances, computed while the site is built. */
import { resultOf } from '../../build/from-source.ts';
import type { Valley } from './valley.ts';

declare const data: readonly Valley[];

export { data };

export default {
  watch: ['./valley.ts'],
  load: (): Promise<readonly Valley[]> => resultOf('live/learned-temperature/valley.ts', 'valleys'),
};
