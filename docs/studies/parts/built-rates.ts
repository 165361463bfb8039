/** The fits of the live plot of rates with the true number of experts, made while the site is built. */
import { type RateResult, rateResult } from '../../playground/rate-experiment.ts';
import { rateTasks } from '../../playground/rate-tasks.ts';
import { ofRates } from './rates-of.ts';

export async function builtRates(): Promise<readonly RateResult[]> {
  const short = (value: number) => Number(value.toPrecision(4));
  return rateTasks(false)
    .map((task) => rateResult(ofRates, task))
    .map(({ distance, parameters, ...task }) => ({
      ...task,
      distance: short(distance),
      ...(parameters !== undefined && { parameters: short(parameters) }),
    }));
}
