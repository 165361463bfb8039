/**
 * What the reader of the playground chooses: plain data, from which the data, the model and the exported program follow.
 * The words are those of the command `moe`.
 */

export const datasets = ['spiral', 'moons', 'xor', 'checkerboard', 'levels', 'line', 'own'] as const;
export const gates = ['softmax', 'sigmoid', 'topK', 'noisyTopK', 'switchGate', 'hierarchical'] as const;
export const routers = ['linear', 'mlp', 'cosine', 'euclidean'] as const;
export const expertKinds = ['constant', 'linear', 'polynomial', 'ffn'] as const;
export const balances = ['none', 'switch', 'importance', 'z', 'bias'] as const;
export const optimizers = ['adam', 'sgd'] as const;
export const starts = ['even', 'collapsed'] as const;

export interface Settings {
  readonly data: (typeof datasets)[number];
  /** Standard deviation of the noise. */
  readonly noise: number;
  readonly points: number;
  readonly gate: (typeof gates)[number];
  /** Experts per token of a sparse gate. */
  readonly k: number;
  /** Temperature of a softmax. */
  readonly tau: number;
  readonly router: (typeof routers)[number];
  readonly experts: number;
  readonly expert: (typeof expertKinds)[number];
  /** Hidden units of a feed-forward expert. */
  readonly width: number;
  readonly balance: (typeof balances)[number];
  /** Weight of a balance loss; speed of a selection bias. */
  readonly weight: number;
  readonly optimizer: (typeof optimizers)[number];
  readonly rate: number;
  readonly seed: number;
  /** Whether half of the experts start with so large a bias that the others are never asked. */
  readonly start: (typeof starts)[number];
  /** Steps that are made as soon as the page is open; 0 waits for its reader. */
  readonly steps: number;
  /** Points that the reader drew or pasted: inputs, then the target. */
  readonly own: readonly (readonly number[])[];
}

export const defaults: Settings = {
  data: 'spiral',
  noise: 0.05,
  points: 300,
  gate: 'topK',
  k: 2,
  tau: 1,
  router: 'linear',
  experts: 8,
  expert: 'linear',
  width: 8,
  balance: 'switch',
  weight: 0.05,
  optimizer: 'adam',
  rate: 0.05,
  seed: 27,
  start: 'even',
  steps: 0,
  own: [],
};

/** Ends of what can be chosen; `integer` says whether fractions are left out. */
export const ranges: Readonly<
  Record<
    'noise' | 'points' | 'k' | 'tau' | 'experts' | 'width' | 'weight' | 'rate' | 'seed' | 'steps',
    { readonly min: number; readonly max: number; readonly integer?: boolean }
  >
> = {
  noise: { min: 0, max: 1 },
  points: { min: 20, max: 600, integer: true },
  k: { min: 1, max: 12, integer: true },
  tau: { min: 0.01, max: 100 },
  experts: { min: 1, max: 12, integer: true },
  width: { min: 1, max: 32, integer: true },
  weight: { min: 0, max: 10 },
  rate: { min: 0.0001, max: 1 },
  seed: { min: 0, max: 999_999, integer: true },
  steps: { min: 0, max: 5000, integer: true },
};

/** The most points that an address carries. */
export const MOST_POINTS = 300;

export const hasK = ({ gate }: Settings): boolean => gate === 'topK' || gate === 'noisyTopK';
export const hasTau = ({ gate }: Settings): boolean => gate === 'softmax' || gate === 'topK';
const isSparse = ({ gate }: Settings): boolean => hasK({ gate } as Settings) || gate === 'switchGate';

/** Whether a large bias can keep all tokens from an expert. */
const canCollapse = ({ gate }: Settings): boolean => gate === 'topK' || gate === 'switchGate';

/** Dimensions of the input. */
export function inputsOf({ data, own }: Settings): 1 | 2 {
  if (data === 'own') return own[0]?.length === 2 ? 1 : 2;
  return data === 'line' ? 1 : 2;
}

/** Settings that can be built, and what had to be changed for it, in words. */
export function settled(wanted: Settings): {
  readonly settings: Settings;
  readonly notes: readonly string[];
} {
  const notes: string[] = [];
  let settings = wanted;
  const change = (patch: Partial<Settings>, note: string) => {
    settings = { ...settings, ...patch };
    notes.push(note);
  };
  if (hasK(settings) && settings.k > settings.experts)
    change({ k: settings.experts }, `K is at most the number of experts: ${settings.experts}.`);
  if (settings.gate === 'hierarchical' && settings.experts % 2 === 1) {
    const even = Math.min(ranges.experts.max, settings.experts + 1);
    change({ experts: even }, `Two groups need an even number of experts: ${even}.`);
  }
  if (settings.balance === 'bias' && settings.gate !== 'topK')
    change({ balance: 'none' }, 'A selection bias belongs to topK: there is no balance now.');
  if (settings.balance === 'switch' && !isSparse(settings))
    change(
      { balance: 'importance' },
      'The switch loss counts selections: the importance loss takes its place.',
    );
  if (settings.start === 'collapsed' && !canCollapse(settings))
    change(
      { start: 'even' },
      `Only topK and switchGate can start collapsed: ${settings.gate} starts evenly.`,
    );
  if (settings.data === 'own' && settings.own.length < 4)
    change({ data: defaults.data, own: [] }, `Fewer than four points of your own: ${defaults.data} instead.`);
  return { settings, notes };
}
