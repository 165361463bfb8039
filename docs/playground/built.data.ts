/** The playground as it stands when the page is opened: the default settings, trained while the site is built. */
import { resultOf } from '../build/from-source.ts';
import type { trainDefaults } from './train-defaults.ts';

type Built = Awaited<ReturnType<typeof trainDefaults>>;

declare const data: Built;

export { data };

export default {
  watch: ['./*.ts'],
  load: (): Promise<Built> => resultOf('playground/train-defaults.ts', 'trainDefaults'),
};
