/**
 * The gate and the expert that the options name: any kind of the registry, or a config as JSON.
 *
 * `--k` and `--hidden` are options of most gates and experts, but not of all. Left out, they get the app's default where
 * the kind knows them; given, they are passed on, and a kind that does not know them says so.
 */
import { type Config, type Expert, type Gate, getExpert, getGate, type Json, MoeError } from '@tfjs-moe/core';
import 'tfjs-moe/register';
import type { Options } from './options.ts';

const DEFAULT_K = 2;
const DEFAULT_HIDDEN = 128;
const DEFAULT_RANK = 4;

/** Options of a kind. */
type KindOptions = Readonly<Record<string, Json>>;

/** The gate, checked against the number of experts. */
export function chooseGate({ gate, k, experts }: Pick<Options, 'gate' | 'k' | 'experts'>): Gate {
  const defaults: KindOptions[] = [{ k: Math.min(DEFAULT_K, experts) }, { groups: groupsOf(experts) }];
  const restore = (config: Config) => getGate(config, 'digits: --gate');
  const chosen = choose(gate, '--gate', k === undefined ? undefined : { k }, defaults, restore);
  // Refuses numbers of experts that the gate cannot serve.
  chosen.expertsPerToken(experts);
  return chosen;
}

/** The expert. */
export function chooseExpert({ expert, hidden }: Pick<Options, 'expert' | 'hidden'>): Expert {
  const given = hidden === undefined ? undefined : { hiddenUnits: hidden };
  const restore = (config: Config) => getExpert(config, 'digits: --expert');
  // Adapters need an expert to adapt, and features somebody to see them.
  const adapted = { expert: { kind: 'ffn', hiddenUnits: DEFAULT_HIDDEN }, rank: DEFAULT_RANK };
  const seeing = { features: [0], expert: adapted.expert };
  return choose(expert, '--expert', given, [{ hiddenUnits: DEFAULT_HIDDEN }, adapted, seeing], restore);
}

/**
 * @param given options that a command line option stands for
 * @param defaults what to try in its absence: the first that the kind accepts is taken
 */
function choose<T>(
  written: string,
  option: string,
  given: KindOptions | undefined,
  defaults: readonly KindOptions[],
  restore: (config: Config) => T,
): T {
  const config = configOf(written, option);
  if (given !== undefined) return restore({ ...config, ...given });
  // A config is taken as it is written.
  for (const options of written.startsWith('{') ? [] : defaults) {
    try {
      return restore({ ...config, ...options });
    } catch {
      // The kind has no such option: the next default, or none.
    }
  }
  return restore(config);
}

/** The largest number of groups up to the square root that divides the experts. */
function groupsOf(experts: number): number {
  let groups = Math.floor(Math.sqrt(experts));
  while (experts % groups !== 0) groups -= 1;
  return groups;
}

function configOf(written: string, option: string): Config {
  if (!written.startsWith('{')) return { kind: written };
  try {
    return JSON.parse(written) as Config;
  } catch (cause) {
    const rule = `${option} must be a kind or a config as JSON, like '{"kind":"topK","k":2}'`;
    throw Object.assign(new MoeError('digits', rule, written), { cause });
  }
}
