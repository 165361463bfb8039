/** The controls of the playground: what each chooses, in one line, and where more is said. */
import {
  balances,
  datasets,
  expertKinds,
  gates,
  hasK,
  hasTau,
  optimizers,
  routers,
  type Settings,
  starts,
} from './settings.ts';

interface Common {
  readonly group: 'Data' | 'Gate' | 'Experts' | 'Balance' | 'Training';
  readonly label: string;
  readonly about: string;
  /** Below the root of the site. */
  readonly page?: string;
  /** Whether it means something under these settings. */
  readonly applies?: (settings: Settings) => boolean;
}

export type Control =
  | (Common & {
      readonly type: 'choice';
      readonly key: 'data' | 'gate' | 'router' | 'expert' | 'balance' | 'optimizer' | 'start';
      readonly choices: readonly string[];
    })
  | (Common & {
      readonly type: 'number';
      readonly key: 'noise' | 'points' | 'k' | 'tau' | 'experts' | 'width' | 'weight' | 'rate' | 'seed';
      readonly min: number;
      readonly max: number;
      readonly step: number;
      /** Moves through the powers of ten. */
      readonly isLog?: boolean;
    });

export const controls: readonly Control[] = [
  {
    group: 'Data',
    type: 'choice',
    key: 'data',
    label: 'Data',
    choices: datasets,
    about: 'What is to be learned: places, and a number at each.',
  },
  {
    group: 'Data',
    type: 'number',
    key: 'noise',
    label: 'Noise',
    min: 0,
    max: 0.3,
    step: 0.01,
    about: 'Standard deviation of what no model can learn.',
    applies: ({ data }) => data !== 'own',
  },
  {
    group: 'Data',
    type: 'number',
    key: 'points',
    label: 'Points',
    min: 40,
    max: 600,
    step: 20,
    about: 'How many places are seen.',
    applies: ({ data }) => data !== 'own',
  },
  {
    group: 'Gate',
    type: 'choice',
    key: 'gate',
    label: 'Gate',
    choices: gates,
    about: 'Which experts a point is sent to, with which weight.',
    page: 'guide/choose-a-gate',
  },
  {
    group: 'Gate',
    type: 'number',
    key: 'k',
    label: 'K',
    min: 1,
    max: 4,
    step: 1,
    about: 'Experts per point.',
    page: 'gates/top-k',
    applies: hasK,
  },
  {
    group: 'Gate',
    type: 'number',
    key: 'tau',
    label: 'Temperature',
    min: -2,
    max: 1,
    step: 0.1,
    isLog: true,
    about: 'Below 1 borders are hard, above 1 experts overlap.',
    page: 'gates/temperature',
    applies: hasTau,
  },
  {
    group: 'Gate',
    type: 'choice',
    key: 'router',
    label: 'Router',
    choices: routers,
    about: 'How an expert is scored: the shape of the borders.',
    page: 'routers/linear',
  },
  {
    group: 'Experts',
    type: 'number',
    key: 'experts',
    label: 'Experts',
    min: 1,
    max: 12,
    step: 1,
    about: 'How many there are.',
  },
  {
    group: 'Experts',
    type: 'choice',
    key: 'expert',
    label: 'Kind',
    choices: expertKinds,
    about: 'What one expert can say.',
    page: 'experts/linear',
  },
  {
    group: 'Experts',
    type: 'number',
    key: 'width',
    label: 'Hidden units',
    min: 1,
    max: 32,
    step: 1,
    about: 'Width of a feed-forward expert.',
    page: 'experts/ffn',
    applies: ({ expert }) => expert === 'ffn',
  },
  {
    group: 'Balance',
    type: 'choice',
    key: 'balance',
    label: 'Balance',
    choices: balances,
    about: 'What keeps all experts in use.',
    page: 'guide/balance',
  },
  {
    group: 'Balance',
    type: 'number',
    key: 'weight',
    label: 'Weight',
    min: -3,
    max: 0.5,
    step: 0.1,
    isLog: true,
    about: 'How much it counts beside the error.',
    applies: ({ balance }) => balance !== 'none',
  },
  {
    group: 'Balance',
    type: 'choice',
    key: 'start',
    label: 'Start',
    choices: starts,
    about: 'Collapsed: half of the experts get every point at first.',
    page: 'guide/why-experts-die',
  },
  {
    group: 'Training',
    type: 'choice',
    key: 'optimizer',
    label: 'Optimiser',
    choices: optimizers,
    about: 'How the parameters move.',
  },
  {
    group: 'Training',
    type: 'number',
    key: 'rate',
    label: 'Rate',
    min: -3,
    max: 0,
    step: 0.1,
    isLog: true,
    about: 'How far they move in a step.',
  },
  {
    group: 'Training',
    type: 'number',
    key: 'seed',
    label: 'Seed',
    min: 0,
    max: 99,
    step: 1,
    about: 'Same seed, same data, same run, on every machine.',
  },
];

/** Where a slider stands for a value. */
export function positionOf(control: Control & { readonly type: 'number' }, value: number): number {
  return control.isLog ? Math.log10(Math.max(value, 1e-6)) : value;
}

/** The value for where a slider stands, with two digits. */
export function valueAt(control: Control & { readonly type: 'number' }, position: number): number {
  return control.isLog ? Number((10 ** position).toPrecision(2)) : Number(position.toFixed(2));
}
