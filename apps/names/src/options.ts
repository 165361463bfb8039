import { resolve } from 'node:path';
import { decimal, expectNoWords, integer, optionHelp, readOptions, text } from '@tfjs-moe/command-line';

/** Named in errors. */
export const WHO = 'names';

/** What a run is asked to do; every default is filled in. */
export interface Options {
  readonly steps: number;
  readonly seeds: number;
  readonly experts: number;
  readonly batch: number;
  readonly languages: number;
  readonly features: number;
  /** Rows of every language that networks are judged by. */
  readonly judged: number;
  /** Words that it makes up of every language. */
  readonly samples: number;
  /** Time of a step of the mixture in steps of the dense network; undefined measures it. */
  readonly ratio: number | undefined;
  /** Absolute folder. */
  readonly out: string;
}

const ALL = 24;
const FULL = { steps: 300, batch: 16, features: 64, judged: 16, samples: 5 };
const QUICK = { steps: 8, batch: 4, features: 16, judged: 2, samples: 1 };

const table = {
  steps: {
    value: 'N',
    about: `training steps of each network (default: ${FULL.steps})`,
    read: integer({ min: 2, max: 1_000_000 }),
  },
  seeds: { value: 'N', about: 'trainings of each network (default: 3)', read: integer({ min: 1, max: 100 }) },
  experts: {
    value: 'N',
    about: 'number of experts, of which 2 see a character (default: 8)',
    read: integer({ min: 2, max: 64 }),
  },
  batch: {
    value: 'N',
    about: `rows of 32 characters per step (default: ${FULL.batch})`,
    read: integer({ min: 1, max: 1_024 }),
  },
  languages: {
    value: 'N',
    about: `the first N languages (default: ${ALL})`,
    read: integer({ min: 1, max: ALL }),
  },
  ratio: {
    value: 'R',
    about: "what a step of the mixture takes, in steps of the dense network (default: this run's own)",
    read: decimal({ min: 0.1, max: 10 }),
  },
  out: { value: 'FOLDER', about: 'where the model and the report go (default: names-out)', read: text },
  quick: { about: 'some seconds instead of minutes: enough to see that it runs, not to learn names' },
};

/** The help. */
export function usage(): string {
  return `usage: pnpm names [options]

Trains a character transformer whose feed-forward layers are mixtures on the names of ${ALL} languages, and a dense one
beside it. Ctrl-C keeps what was learned.

${optionHelp(table)}
`;
}

/** Options from the words of a command line; a relative --out starts in `folder`. */
export function parseOptions(written: readonly string[], folder: string): Options {
  const { given, words } = readOptions(WHO, written, table);
  expectNoWords(WHO, words);
  const preset = given.quick ? QUICK : FULL;
  return {
    steps: given.steps ?? preset.steps,
    seeds: given.seeds ?? 3,
    experts: given.experts ?? 8,
    batch: given.batch ?? preset.batch,
    languages: given.languages ?? ALL,
    features: preset.features,
    judged: preset.judged,
    samples: preset.samples,
    ratio: given.ratio,
    out: resolve(folder, given.out ?? 'names-out'),
  };
}

/** The command line that asks for the same again. */
export function commandOf(options: Options, ratio: number | undefined): string {
  const { steps, seeds, experts, batch, languages, features } = options;
  const given = { steps, seeds, experts, batch, languages, ratio: ratio?.toFixed(3) };
  const words = Object.entries(given)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `--${name}=${value}`);
  return ['pnpm names', ...(features === QUICK.features ? ['--quick'] : []), ...words].join(' ');
}
