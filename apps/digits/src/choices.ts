/**
 * The gate and the expert that the options name: any kind of the registry, or a config as JSON.
 *
 * `--k` and `--hidden` are options of most gates and experts, but not of all. Left out, they get the app's default where
 * the kind knows them; given, they are passed on, and a kind that does not know them says so.
 */
import { type Config, type Expert, type Gate, getExpert, getGate, type Json, MoeError } from '@tfjs-moe/core';
import '@tfjs-moe/experts/register';
import '@tfjs-moe/gates/register';
import type { Options } from './options.ts';

const DEFAULT_K = 2;
const DEFAULT_HIDDEN = 64;

/** The gate, checked against the number of experts. */
export function chooseGate({ gate, k, experts }: Pick<Options, 'gate' | 'k' | 'experts'>): Gate {
  const chosen = choose(gate, '--gate', { k }, { k: Math.min(DEFAULT_K, experts) }, (config) =>
    getGate(config, 'digits: --gate'),
  );
  chosen.expertsPerToken(experts);
  return chosen;
}

/** The expert. */
export function chooseExpert({ expert, hidden }: Pick<Options, 'expert' | 'hidden'>): Expert {
  return choose(expert, '--expert', { hiddenUnits: hidden }, { hiddenUnits: DEFAULT_HIDDEN }, (config) =>
    getExpert(config, 'digits: --expert'),
  );
}

function choose<T>(
  written: string,
  option: string,
  given: Readonly<Record<string, Json | undefined>>,
  fallback: Readonly<Record<string, Json>>,
  restore: (config: Config) => T,
): T {
  const config = configOf(written, option);
  const wanted = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  if (Object.keys(wanted).length > 0) return restore({ ...config, ...wanted });
  // A config is taken as it is written.
  if (written.startsWith('{')) return restore(config);
  try {
    return restore({ ...config, ...fallback });
  } catch {
    return restore(config);
  }
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
