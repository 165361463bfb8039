/** What of the settings a card depends on: others leave it as it is. */
import { expertPlan, gatePlan } from './plan.ts';
import { inputsOf, type Settings } from './settings.ts';

export function healthKey(settings: Settings): string {
  const gate = gatePlan({ ...settings, balance: 'none' });
  return JSON.stringify([gate, expertPlan(settings), settings.experts, inputsOf(settings)]);
}
