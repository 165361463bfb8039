import type { OptionsJson } from '@tfjs-moe/core';
import type { Capacity } from './capacity.ts';
import { nameOfDispatch } from './dispatch/define-dispatcher.ts';
import { extensionConfigs } from './extensions/extension.ts';
import { FORMAT_VERSION } from './saved-config.ts';
import type { Settings } from './settings.ts';

/** The settings of a layer as plain JSON, from which they can be made again. */
export function configOf(settings: Settings): OptionsJson {
  const {
    balance,
    bank,
    capacity,
    dispatch,
    experts,
    gate,
    nonFinite,
    recordRouting,
    seed,
    units,
    weightAt,
  } = settings;
  return {
    formatVersion: FORMAT_VERSION,
    experts,
    gate: gate.config,
    expert: bank.config(),
    units: units ?? null,
    balance: balance.map((loss) => loss.config),
    dispatch: nameOfDispatch(dispatch),
    capacity: capacity === undefined ? null : savedCapacity(capacity),
    seed,
    nonFinite,
    recordRouting,
    weightAt,
    ...extensionConfigs(settings.extensions),
  };
}

function savedCapacity(capacity: Capacity): OptionsJson[string] {
  if (typeof capacity === 'number') return capacity;
  const { priority } = capacity;
  return { ...capacity, priority: typeof priority === 'object' ? priority.name : priority! };
}
