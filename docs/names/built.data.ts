/** Some names, routed while the site is built. */
import { resultOf } from '../build/from-source.ts';
import type { BuiltNames } from './built.ts';

declare const data: BuiltNames;

export { data };

export default {
  watch: ['./*.ts', './model.json'],
  load: (): Promise<BuiltNames> => resultOf('names/built.ts', 'builtNames'),
};
