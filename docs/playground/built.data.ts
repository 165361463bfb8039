/** The playground as it stands when the page is opened: the default settings, trained while the site is built. */
import { withModule } from '../build/from-source.ts';
import type { trainDefaults } from './train-defaults.ts';

type Built = Awaited<ReturnType<typeof trainDefaults>>;

declare const data: Built;

export { data };

export default {
  watch: ['./*.ts'],
  load: (): Promise<Built> =>
    withModule('playground/train-defaults.ts', (module: { trainDefaults: typeof trainDefaults }) =>
      module.trainDefaults(),
    ),
};
