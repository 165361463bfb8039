/** The pictures of the routers, drawn while the site is built. */
import { resultOf } from '../build/from-source.ts';

type Pictures = Readonly<Record<string, string>>;

declare const data: Pictures;

export { data };

export default {
  watch: ['./router-levels.ts'],
  load: (): Promise<Pictures> => resultOf('pictures/router-levels.ts', 'routerPictures'),
};
