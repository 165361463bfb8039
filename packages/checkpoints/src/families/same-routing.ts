import { type Config, MoeError, type OptionsJson } from '@tfjs-moe/core';
import { MixtureOfExperts, type MixtureOfExpertsArgs } from '@tfjs-moe/layers';
import { weightsOf } from '../built-layer.ts';
import type { BlockSizes } from './block-sizes.ts';
import { families } from './families.ts';
import type { FamilyName } from './family.ts';
import { type RoutingSettings, routingOf } from './routing.ts';

type Json = OptionsJson[string];
type Options = Readonly<Record<string, Json>>;

/** What a layer is, so far as a checkpoint of a family can say it. */
export interface Described {
  readonly sizes: BlockSizes;
  readonly settings: RoutingSettings;
}

/**
 * What of a layer a family's checkpoint holds, and an error that lists whatever else the layer has: a reader of the file would
 * compute something else.
 */
export function describeAs(who: string, layer: MixtureOfExperts, name: FamilyName): Described {
  const shapes = new Map([...weightsOf(layer)].map(([part, { shape }]) => [part, shape as number[]]));
  const kernel = shapes.get('expert/kernel_gate');
  if (kernel === undefined)
    throw new MoeError(who, `the experts of ${name} are gatedFfn, in a layer that is built`, layer.name);
  const [experts, features, hiddenUnits] = kernel;
  const sharedHiddenUnits = shapes.get('shared/kernel_gate')?.[2];
  const sizes = { experts: experts!, features: features!, hiddenUnits: hiddenUnits!, sharedHiddenUnits };
  const own = layer.getConfig() as unknown as Options;
  const settings = settingsOf(name, gateOf(own.gate as Options), own.expert as Options);
  const family = new MixtureOfExperts({
    ...routingOf(name, sizes, settings),
    units: features!,
  } as MixtureOfExpertsArgs);
  const wanted = family.getConfig() as unknown as Options;
  const differences = [
    ...different('gate', gateOf(own.gate as Options), gateOf(wanted.gate as Options)),
    ...['expert', 'shared', 'weightAt'].flatMap((part) => different(part, own[part]!, wanted[part]!)),
    ...(own.units === null || own.units === features ? [] : different('units', own.units!, features!)),
  ];
  if (differences.length === 0) return { sizes, settings };
  throw new MoeError(who, `the layer is no block of ${name}: ${differences.join('; ')}`);
}

/** The settings that a config of the family can state. */
function settingsOf(name: FamilyName, gate: Options, expert: Options): RoutingSettings {
  const { keys } = families[name];
  const isGrouped = gate.kind === 'groupLimitedTopK';
  return {
    expertsPerToken: gate.k as number | undefined,
    activation: expert.activation as string,
    ...(keys.groups &&
      (isGrouped ? { groups: gate.groups as number, keep: gate.keep as number } : { groups: 1, keep: 1 })),
    ...(keys.renormalize && { renormalize: gate.renormalize !== 'never' }),
    ...(keys.weightScale && { weightScale: gate.weightScale as number }),
    ...(keys.limit && expert.limit !== null && { limit: expert.limit as number }),
    ...(keys.jitter && { jitter: gate.jitter as number }),
  };
}

/** A gate without what only balances it. */
function gateOf(config: Options): Options {
  return config.kind === 'lossFree' ? gateOf(config.gate as unknown as Options & Config) : config;
}

/** What differs, by path. Initial values are no part of what a layer computes. */
function different(path: string, own: Json, wanted: Json): string[] {
  if (JSON.stringify(own) === JSON.stringify(wanted)) return [];
  if (!isObject(own) || !isObject(wanted))
    return [`${path} is ${JSON.stringify(own)} and must be ${JSON.stringify(wanted)}`];
  const names = [...new Set([...Object.keys(own), ...Object.keys(wanted)])];
  return names
    .filter((each) => !/Initializer$/.test(each))
    .flatMap((each) => different(`${path}.${each}`, own[each] ?? null, wanted[each] ?? null));
}

function isObject(value: Json): value is Options & Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
