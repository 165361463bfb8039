import { entryOf, expectExperts, expectKnownOptions, expectSize } from '@tfjs-moe/core';
import type { MixtureOfExpertsArgs } from '@tfjs-moe/layers';
import { type ProfileName, type Published, published } from './routings.ts';

/** The names of all profiles. */
export const profileNames: readonly ProfileName[] = /* @__PURE__ */ Object.keys(published) as ProfileName[];

/** How large a profile is to be. What is left out is the published model's. */
export interface ProfileOptions extends Omit<Partial<MixtureOfExpertsArgs>, 'experts'> {
  /** Width of every expert's hidden layer. */
  readonly hiddenUnits: number;
  /** Width of the shared expert, where there is one. Default that of the others. */
  readonly sharedHiddenUnits?: number;
  /** Number of experts. Default: the published one. */
  readonly experts?: number;
  /** Experts per token. Default: the published number. */
  readonly expertsPerToken?: number;
  /** Groups of experts, where selection is limited to some of them. Default: the published number. */
  readonly groups?: number;
  /** Groups that take part. Default: the published number. */
  readonly keep?: number;
}

const sizes = ['hiddenUnits', 'sharedHiddenUnits', 'experts', 'expertsPerToken', 'groups', 'keep'];

/**
 * The arguments of `mixtureOfExperts` with which a layer routes as a published model does: its gate, its expert with the
 * right limits and biases, its shared expert, and its balance losses.
 *
 * Widths are the caller's, because nobody trains a page's experts at full width; numbers of experts, of experts per token
 * and of groups are the model's unless others are given. Any argument of the layer may be given besides and wins.
 *
 * @param name of the model
 * @throws MoeError for a model or an option that it does not know
 * @example mixtureOfExperts(profile('deepseek-v3', { hiddenUnits: 64, experts: 16, expertsPerToken: 4, groups: 4, keep: 2 }))
 */
export function profile(name: ProfileName, options: ProfileOptions): MixtureOfExpertsArgs {
  const who = `profile ${name}`;
  const model: Published = entryOf('profile', 'model', published, name);
  expectKnownOptions(who, options, [...sizes, ...layerOptions]);
  const { hiddenUnits, sharedHiddenUnits, experts, expertsPerToken, groups, keep, ...own } = options;
  const [ofGroups, kept] = model.groups ?? [1, 1];
  const size = {
    experts: expectExperts(who, 'experts', experts ?? model.experts),
    expertsPerToken: expectExperts(who, 'expertsPerToken', expertsPerToken ?? model.expertsPerToken),
    hiddenUnits: expectSize(who, 'hiddenUnits', hiddenUnits),
    sharedHiddenUnits: expectSize(who, 'sharedHiddenUnits', sharedHiddenUnits ?? hiddenUnits),
    groups: expectExperts(who, 'groups', groups ?? ofGroups),
    keep: expectExperts(who, 'keep', keep ?? kept),
  };
  return { experts: size.experts, ...model.routing(size), ...own };
}

/** Arguments of the layer that may stand beside the sizes. */
const layerOptions: readonly (keyof MixtureOfExpertsArgs)[] = [
  'gate',
  'expert',
  'shared',
  'units',
  'balance',
  'dispatch',
  'capacity',
  'weightAt',
  'seed',
  'nonFinite',
  'recordRouting',
  'trainableGate',
  'trainableExperts',
  'inputShape',
  'batchInputShape',
  'batchSize',
  'dtype',
  'name',
  'trainable',
];
