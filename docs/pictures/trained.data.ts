/** The pictures of the guides, trained while the site is built. */
import { resultOf } from '../build/from-source.ts';
import type { trainPictures } from './trained.ts';

type Pictures = Awaited<ReturnType<typeof trainPictures>>;

declare const data: Pictures;

export { data };

export default {
  watch: ['./*.ts', '../playground/*.ts'],
  load: (): Promise<Pictures> => resultOf('pictures/trained.ts', 'trainPictures'),
};
