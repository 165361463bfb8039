/** Settings worth a look, each with a reason. */
import { defaults, type Settings } from './settings.ts';

export interface Preset {
  readonly name: string;
  readonly title: string;
  /** Two sentences: what is seen, and why. */
  readonly why: string;
  readonly settings: Settings;
}

const preset = (name: string, title: string, why: string, settings: Partial<Settings>): Preset => ({
  name,
  title,
  why,
  settings: { ...defaults, ...settings },
});

export const presets: readonly Preset[] = [
  preset(
    'spiral',
    'Spiral, 8 experts',
    'Eight linear experts, two for each point, cut a spiral into pieces that a line can tell apart. The balance loss keeps all of them in use.',
    {},
  ),
  preset(
    'moons',
    'Two moons, 2 experts',
    'Two linear experts under a softmax suffice for two moons: each takes an end. Set K to 1, or the temperature to 0.1, and the border between them hardens.',
    { data: 'moons', gate: 'softmax', experts: 2, balance: 'none' },
  ),
  preset(
    'xor',
    'XOR, 4 constants',
    'Four experts that ignore their input can only say one number each, so the gate has to find the four quadrants. With two experts it must fail: try.',
    { data: 'xor', gate: 'softmax', experts: 4, expert: 'constant', balance: 'none', rate: 0.1 },
  ),
  preset(
    'checkerboard',
    'Checkerboard, a curved router',
    'Sixteen fields and twelve experts: straight borders between experts do not meet the fields. A hidden layer in the router bends them.',
    { data: 'checkerboard', experts: 12, router: 'mlp', expert: 'polynomial', k: 2, noise: 0.05 },
  ),
  preset(
    'line',
    'A broken line, 4 experts',
    'Four straight lines learn a broken one. The dashed level in the loss is the variance of the noise: no model is below it for long.',
    { data: 'line', experts: 4, balance: 'switch', weight: 0.1, rate: 0.1 },
  ),
  preset(
    'collapse',
    'A collapse',
    'Half of the experts start with a bias that brings them every point, and nothing is done about it. The others are never asked, so no gradient reaches them: they stay dead.',
    { data: 'spiral', start: 'collapsed', balance: 'none' },
  ),
  preset(
    'rescue',
    'The same, rescued',
    'The collapse again, with a balance loss from the first step. It lowers the probability of the busy experts until the others are asked, and then the data teach them.',
    { data: 'spiral', start: 'collapsed', balance: 'switch', weight: 0.3 },
  ),
  preset(
    'levels',
    'Four levels, soft or hard',
    'Four constants share a plane of four levels under a softmax. At a temperature of 10 all experts answer everywhere, at 0.1 one of them does.',
    {
      data: 'levels',
      gate: 'softmax',
      experts: 4,
      expert: 'constant',
      balance: 'none',
      rate: 0.1,
      noise: 0.1,
    },
  ),
];
