/** The distances, computed while the site is built. */
import { withModule } from '../../build/from-source.ts';
import type { Valley, valleys } from './valley.ts';

declare const data: readonly Valley[];

export { data };

export default {
  watch: ['./valley.ts'],
  load: (): Promise<readonly Valley[]> =>
    withModule('live/learned-temperature/valley.ts', async (module: { valleys: typeof valleys }) =>
      module.valleys(),
    ),
};
