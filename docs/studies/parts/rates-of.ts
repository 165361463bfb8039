/** What the live plot of rates fits: two linear experts over one input. */
import { defaults, type Settings, settled } from '../../playground/settings.ts';

export const ofRates: Settings = settled({
  ...defaults,
  ...{ data: 'line', gate: 'softmax', expert: 'linear', experts: 2, balance: 'none' },
}).settings;
