/**
 * The command line: what can be asked for, and the checks of it.
 */
import { resolve } from 'node:path';
import {
  decimal,
  expectNoWords,
  integer,
  oneOf,
  optionHelp,
  readOptions,
  text,
} from '@tfjs-moe/command-line';
import { expectInteger } from '@tfjs-moe/core';
import { type BackendName, backendNames } from 'app-frame';

/** Named in errors. */
export const WHO = 'digits';

/** What a run is asked to do; every default is filled in. */
export interface Options {
  readonly experts: number;
  /** Experts per image; undefined leaves the choice to the gate. */
  readonly k: number | undefined;
  /** A gate's kind, or its config as JSON. */
  readonly gate: string;
  /** An expert's kind, or its config as JSON. */
  readonly expert: string;
  /** Hidden units of one expert; undefined leaves the choice to the app. */
  readonly hidden: number | undefined;
  /** Weight of the balance loss. */
  readonly balance: number;
  readonly epochs: number;
  readonly batch: number;
  /** Training images. */
  readonly samples: number;
  readonly seed: number;
  /** Undefined chooses the fastest. */
  readonly backend: BackendName | undefined;
  /** Absolute folder. */
  readonly out: string;
  readonly quick: boolean;
}

/** All of MNIST's training images. */
const ALL = 60_000;
const DEFAULTS = {
  experts: 8,
  gate: 'topK',
  expert: 'ffn',
  balance: 0.05,
  batch: 128,
  seed: 1,
  out: 'digits-out',
};
const FULL = { epochs: 5, samples: ALL };
const QUICK = { epochs: 2, samples: 8_000 };

const table = {
  experts: {
    value: 'N',
    about: about('number of experts', DEFAULTS.experts),
    read: integer({ min: 1, max: 256 }),
  },
  k: {
    value: 'N',
    about: about('experts per image', '2, where the gate has a k'),
    read: integer({}),
  },
  gate: {
    value: 'KIND',
    about: about('kind of gate, or its config as JSON', DEFAULTS.gate),
    read: text,
  },
  expert: {
    value: 'KIND',
    about: about('kind of expert, or its config as JSON', DEFAULTS.expert),
    read: text,
  },
  hidden: {
    value: 'N',
    about: about('hidden units of one expert', '128, where the expert has any'),
    read: integer({ min: 1, max: 8_192 }),
  },
  balance: {
    value: 'W',
    about: about('weight of the balance loss', DEFAULTS.balance),
    read: decimal({ min: 0, max: 1_000 }),
  },
  epochs: {
    value: 'N',
    about: about('times that training sees every image', FULL.epochs),
    read: integer({ min: 1, max: 1_000 }),
  },
  batch: {
    value: 'N',
    about: about('images per training step', DEFAULTS.batch),
    read: integer({ min: 1, max: ALL }),
  },
  samples: {
    value: 'N',
    about: about('training images', `all ${ALL}`),
    read: integer({ min: 1, max: ALL }),
  },
  seed: {
    value: 'N',
    about: about('decides every random number', DEFAULTS.seed),
    read: integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
  },
  backend: {
    value: 'NAME',
    about: about(`what computes: ${backendNames.join(', ')}`, 'the fastest that this machine has'),
    read: oneOf(backendNames),
  },
  out: {
    value: 'FOLDER',
    about: about('where the model and report go', DEFAULTS.out),
    read: text,
  },
  quick: { about: `half a minute instead of a few: --epochs=${QUICK.epochs} --samples=${QUICK.samples}` },
};

/** The help. */
export function usage(): string {
  return `usage: pnpm digits [options]

Classifies handwritten digits with a mixture of experts, and with a dense network beside it. Ctrl-C keeps what was
learned.

${optionHelp(table)}
`;
}

/** Whether the help is asked for, whatever else is. */
export function wantsHelp(written: readonly string[]): boolean {
  return written.some((word) => word === '--help' || word === '-h');
}

/**
 * Options from the words of a command line.
 * @param written words without the program's own
 * @param folder where a relative `--out` starts
 */
export function parseOptions(written: readonly string[], folder: string): Options {
  const { given, words } = readOptions(WHO, written, table);
  expectNoWords(WHO, words);
  const preset = given.quick ? QUICK : FULL;
  const { k, hidden, backend, experts = DEFAULTS.experts } = given;
  const bounds = { min: 1, max: experts, maxName: `the number of experts (${experts})` };
  if (k !== undefined) expectInteger(WHO, '--k', k, bounds);
  return {
    experts,
    k,
    hidden,
    backend,
    gate: given.gate ?? DEFAULTS.gate,
    expert: given.expert ?? DEFAULTS.expert,
    balance: given.balance ?? DEFAULTS.balance,
    epochs: given.epochs ?? preset.epochs,
    batch: given.batch ?? DEFAULTS.batch,
    samples: given.samples ?? preset.samples,
    seed: given.seed ?? DEFAULTS.seed,
    out: resolve(folder, given.out ?? DEFAULTS.out),
    quick: given.quick,
  };
}

function about(what: string, fallback: string | number): string {
  return `${what} (default: ${fallback})`;
}
