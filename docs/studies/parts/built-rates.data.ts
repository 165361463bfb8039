/** The fits that the page of studies comes with. */
import { resultOf } from '../../build/from-source.ts';
import type { builtRates } from './built-rates.ts';

type Built = Awaited<ReturnType<typeof builtRates>>;

declare const data: Built;

export { data };

export default {
  watch: ['./*.ts', '../../playground/rate-*.ts'],
  load: (): Promise<Built> => resultOf('studies/parts/built-rates.ts', 'builtRates'),
};
