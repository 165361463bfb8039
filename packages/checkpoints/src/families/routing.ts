import { type Config, MoeError } from '@tfjs-moe/core';
import { constant, gatedFfn, type MixtureOfExpertsArgs, profile, sharedExperts } from 'tfjs-moe';
import type { BlockSizes } from './block-sizes.ts';
import { families } from './families.ts';
import type { FamilyName } from './family.ts';
import { textConfig } from './text-config.ts';

/** What a config, or the caller, says of the routing; what is left out is the published model's. */
export interface RoutingSettings {
  readonly expertsPerToken?: number | undefined;
  readonly groups?: number | undefined;
  readonly keep?: number | undefined;
  /** Whether weights are divided by their sum. */
  readonly renormalize?: boolean | undefined;
  readonly weightScale?: number | undefined;
  readonly activation?: string | undefined;
  readonly limit?: number | undefined;
  readonly jitter?: number | undefined;
}

/** The arguments of a layer that routes as a family does, in the sizes of a block. */
export function routingOf(
  name: FamilyName,
  { experts, hiddenUnits, sharedHiddenUnits }: BlockSizes,
  settings: RoutingSettings,
): MixtureOfExpertsArgs {
  const family = families[name];
  const { expertsPerToken, groups, keep, activation = 'silu' } = settings;
  const args = profile(family.profile, {
    experts,
    hiddenUnits,
    ...(sharedHiddenUnits !== undefined && { sharedHiddenUnits }),
    ...(expertsPerToken !== undefined && { expertsPerToken }),
    ...(groups !== undefined && { groups }),
    ...(keep !== undefined && { keep }),
  });
  const expert = args.expert as unknown as { config: Config };
  const ofExpert = {
    ...expert.config,
    activation,
    ...(settings.limit !== undefined && { limit: settings.limit }),
  };
  const { kind: _, ...options } = ofExpert as unknown as Parameters<typeof gatedFfn>[0] & { kind: string };
  return {
    ...args,
    expert: gatedFfn(options),
    gate: gateWith((args.gate as unknown as { config: Config }).config, settings) as never,
    shared: sharedOf(name, sharedHiddenUnits, activation),
  };
}

function sharedOf(name: FamilyName, hiddenUnits: number | undefined, activation: string) {
  const family = families[name];
  if (family.blockBias !== undefined)
    return sharedExperts({ expert: constant({ valueInitializer: 'zeros' }) });
  if (hiddenUnits === undefined) return null;
  const gate = family.shared!.weighting === undefined ? 'none' : 'sigmoid';
  return sharedExperts({ expert: gatedFfn({ hiddenUnits, activation: activation as 'silu' }), gate });
}

/** A gate's config with other settings, inside what wraps it. */
function gateWith(config: Config, settings: RoutingSettings): Config {
  const inside = (config as { gate?: Config }).gate;
  if (inside !== undefined) return { ...config, gate: gateWith(inside, settings) } as Config;
  const { renormalize, weightScale, jitter, groups } = settings;
  const changed = {
    ...config,
    ...(renormalize !== undefined && { renormalize: renormalize ? 'beforeDrop' : 'never' }),
    ...(weightScale !== undefined && { weightScale }),
    ...(jitter !== undefined && { jitter }),
  } as Config & Record<string, unknown>;
  // One group that takes part is no limit, and asks nothing of its size.
  if (config.kind !== 'groupLimitedTopK' || groups !== 1) return changed;
  const { groups: _, keep: __, best: ___, rest: ____, ...others } = changed;
  return { ...others, kind: 'topK' } as Config;
}

/** The settings that a model's `config.json` states. */
export function settingsIn(name: FamilyName, given: object): RoutingSettings {
  const { keys } = families[name];
  const config = textConfig(given);
  const read = <T>(
    key: string | undefined,
    isRight: (value: unknown) => boolean,
    rule: string,
  ): T | undefined => {
    const value = key === undefined ? undefined : config[key];
    if (value === undefined || value === null) return undefined;
    if (!isRight(value)) throw new MoeError(`config of ${name}`, `${key} must be ${rule}`, value);
    return value as T;
  };
  const isInteger = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 1;
  const integer = (key: string | undefined) => read<number>(key, isInteger, 'an integer of at least 1');
  const number = (key: string | undefined) => read<number>(key, Number.isFinite, 'a number');
  const isGreedy = config.topk_method === 'greedy';
  return {
    expertsPerToken: integer(keys.expertsPerToken),
    groups: isGreedy ? 1 : integer(keys.groups),
    keep: isGreedy ? 1 : integer(keys.keep),
    renormalize: read<boolean>(keys.renormalize, (value) => typeof value === 'boolean', 'true or false'),
    weightScale: number(keys.weightScale),
    activation: activationOf(
      name,
      read(keys.activation, (value) => typeof value === 'string', 'a text'),
    ),
    limit: number(keys.limit),
    jitter: number(keys.jitter),
  };
}

const activationNames: Readonly<Record<string, string>> = {
  silu: 'silu',
  swish: 'silu',
  relu: 'relu',
  gelu: 'gelu',
  gelu_new: 'geluTanh',
  gelu_pytorch_tanh: 'geluTanh',
};

function activationOf(name: FamilyName, written: string | undefined): string | undefined {
  if (written === undefined) return undefined;
  if (Object.hasOwn(activationNames, written)) return activationNames[written];
  const rule = `the activation must be one of ${Object.keys(activationNames).join(', ')}`;
  throw new MoeError(`config of ${name}`, rule, written);
}
