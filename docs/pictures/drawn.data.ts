/** The pictures that are drawn while the site is built. */
import { resultOf } from '../build/from-source.ts';
import type { Drawn } from './drawn.ts';

declare const data: Drawn;

export { data };

export default {
  watch: ['./*.ts'],
  load: (): Promise<Drawn> => resultOf('pictures/drawn.ts', 'drawnPictures'),
};
