/**
 * The command line: what can be asked for, and the checks of it.
 *
 * citty describes the options and writes the help, but takes whatever it is given: unknown options, stray words and
 * numbers that are none are refused here, with one line that says what was expected.
 */
import { resolve } from 'node:path';
import { MoeError } from '@tfjs-moe/core';
import { type ArgsDef, type CommandDef, parseArgs, renderUsage } from 'citty';
import { flag, type Given, integer, name, text, WHO, weight } from './option-values.ts';

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

export const backendNames = ['tensorflow', 'wasm', 'cpu'] as const;
export type BackendName = (typeof backendNames)[number];

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

const args: ArgsDef = {
  experts: { type: 'string', valueHint: 'n', description: about('number of experts', DEFAULTS.experts) },
  k: { type: 'string', valueHint: 'n', description: about('experts per image', '2, where the gate has a k') },
  gate: {
    type: 'string',
    valueHint: 'kind',
    description: about('kind of gate, or its config as JSON', DEFAULTS.gate),
  },
  expert: {
    type: 'string',
    valueHint: 'kind',
    description: about('kind of expert, or its config as JSON', DEFAULTS.expert),
  },
  hidden: {
    type: 'string',
    valueHint: 'n',
    description: about('hidden units of one expert', '128, where the expert has any'),
  },
  balance: {
    type: 'string',
    valueHint: 'w',
    description: about('weight of the balance loss', DEFAULTS.balance),
  },
  epochs: {
    type: 'string',
    valueHint: 'n',
    description: about('times that training sees every image', FULL.epochs),
  },
  batch: { type: 'string', valueHint: 'n', description: about('images per training step', DEFAULTS.batch) },
  samples: { type: 'string', valueHint: 'n', description: about('training images', `all ${ALL}`) },
  seed: { type: 'string', valueHint: 'n', description: about('decides every random number', DEFAULTS.seed) },
  backend: {
    type: 'string',
    valueHint: backendNames.join('|'),
    description: about('what computes', 'the fastest that this machine has'),
  },
  out: {
    type: 'string',
    valueHint: 'folder',
    description: about('where the model and report go', DEFAULTS.out),
  },
  quick: {
    type: 'boolean',
    description: `half a minute instead of a few: --epochs=${QUICK.epochs} --samples=${QUICK.samples}`,
  },
  help: { type: 'boolean', alias: 'h', description: 'show this' },
};

const command: CommandDef = {
  meta: {
    name: 'pnpm digits',
    description:
      'Classifies handwritten digits with a mixture of experts, and with a dense network beside it.',
  },
  args,
};

/** The help. */
export async function usage(): Promise<string> {
  return renderUsage(command);
}

/** Whether the help is asked for, whatever else is. */
export function wantsHelp(words: readonly string[]): boolean {
  return words.some((word) => word === '--help' || word === '-h');
}

/**
 * Options from the words of a command line.
 * @param words without the program's own
 * @param folder where a relative `--out` starts
 */
export function parseOptions(words: readonly string[], folder: string): Options {
  const given = parseArgs([...words], args) as Given;
  refuseStrays(given);
  const quick = flag(given, 'quick');
  const preset = quick ? QUICK : FULL;
  const experts = integer(given, 'experts', { min: 1, max: 256 }) ?? DEFAULTS.experts;
  return {
    experts,
    k: integer(given, 'k', { min: 1, max: experts, maxName: `the number of experts (${experts})` }),
    gate: text(given, 'gate') ?? DEFAULTS.gate,
    expert: text(given, 'expert') ?? DEFAULTS.expert,
    hidden: integer(given, 'hidden', { min: 1, max: 8_192 }),
    balance: weight(given, 'balance') ?? DEFAULTS.balance,
    epochs: integer(given, 'epochs', { min: 1, max: 1_000 }) ?? preset.epochs,
    batch: integer(given, 'batch', { min: 1, max: ALL }) ?? DEFAULTS.batch,
    samples: integer(given, 'samples', { min: 1, max: ALL }) ?? preset.samples,
    seed: integer(given, 'seed', { min: 0, max: Number.MAX_SAFE_INTEGER }) ?? DEFAULTS.seed,
    backend: name(given, 'backend', backendNames),
    out: resolve(folder, text(given, 'out') ?? DEFAULTS.out),
    quick,
  };
}

function about(what: string, fallback: string | number): string {
  return `${what} (default: ${fallback})`;
}

function refuseStrays(given: Given): void {
  const known = Object.keys(args);
  const stray = Object.keys(given).find(
    (option) => option !== '_' && option !== 'h' && !known.includes(option),
  );
  if (stray !== undefined) {
    const options = known.map((option) => `--${option}`).join(', ');
    throw new MoeError(
      WHO,
      `unknown option; known options are ${options}`,
      `${stray.length > 1 ? '--' : '-'}${stray}`,
    );
  }
  const [word] = given._ as string[];
  if (word !== undefined) throw new MoeError(WHO, 'takes options only, written --name=value', word);
}
