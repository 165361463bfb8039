import {
  type Expert,
  expectKnownOptions,
  type Gate,
  getGate,
  type Identifier,
  MoeError,
  restoringSaved,
} from '@tfjs-moe/core';
import { capacityFunction } from '../capacity.ts';
import { bankOf, type ExpertSource } from '../experts/bank-of.ts';
import { type ExtensionName, extensionNames } from '../extensions/extension.ts';
import { savedVersion } from '../saved-config.ts';
import { checkSettings, inherited, type MixtureOfExpertsArgs, own, type Settings } from '../settings.ts';
import { seedOf } from './seed-of.ts';
import type { BankOfLayer, GateOfLayer, Structure } from './structure.ts';
import type { Tasks } from './task-names.ts';

/** Options of layers with several gates, beside how many experts there are of what. */
export interface TaskArgs<
  GateKind extends string = string,
  ExpertKind extends string = string,
  LossKind extends string = string,
> extends Omit<
    MixtureOfExpertsArgs<GateKind, ExpertKind, LossKind>,
    'experts' | 'gate' | 'weightAt' | 'shared'
  > {
  /** The tasks, by number or by name; one output for each. */
  tasks: Tasks;
  /** The gate of every task, or a list with one for each. */
  gate: Identifier<Gate, GateKind> | readonly Identifier<Gate, GateKind>[];
}

/** Options of `mixtureOfExperts` that layers with several gates do not have. */
const notHere: readonly string[] = ['weightAt', ...extensionNames];

/** In the place of the experts where the options of one gate are read. */
const elsewhere: Expert = {
  role: 'expert',
  kind: 'elsewhere',
  config: { kind: 'elsewhere' },
  params: () => ({}),
  apply: (_ops, x) => x,
};

/** A gate or a bank before its options are read. */
type GatePlace = Omit<GateOfLayer, 'settings'>;
type BankPlace = Omit<BankOfLayer, 'bank' | 'seed'>;

/** Checks the options that all layers with several gates have, and reads them for every gate and every bank. */
export function structureOf(
  who: string,
  args: TaskArgs,
  options: readonly string[],
  gatePlaces: readonly GatePlace[],
  bankPlaces: readonly BankPlace[],
): Structure {
  const given = args as TaskArgs & Pick<MixtureOfExpertsArgs, 'weightAt' | ExtensionName>;
  const saved = savedVersion(who, args.formatVersion) !== undefined;
  if ((given.weightAt ?? 'output') !== 'output')
    throw new MoeError(
      who,
      "weightAt must be 'output': experts are computed once for all gates",
      given.weightAt,
    );
  for (const name of extensionNames)
    if (given[name] != null)
      throw new MoeError(who, `${name} must be null in a saved layer with several gates`, given[name]);
  const plain = Object.fromEntries(
    Object.entries(args).filter(([name]) => !options.includes(name) || name === 'experts'),
  );
  const gateList = oneFor(who, 'gate', args.gate, gatePlaces.length);
  for (const given of gateList) {
    const { kind, mix } = getGate(given as Identifier<Gate>, `${who}: gate`);
    if (mix !== undefined)
      throw new MoeError(
        who,
        `the gate "${kind}" mixes tokens, so that every task would have experts of its own`,
      );
  }
  const sources = saved
    ? oneFor(who, 'expert', args.expert as unknown, bankPlaces.length)
    : bankPlaces.map(() => args.expert);
  const settingsFor = (experts: number, gate: unknown, seed?: number): Settings =>
    checkSettings(who, {
      ...plain,
      experts,
      gate,
      expert: elsewhere,
      ...(seed !== undefined && { seed }),
    } as never);
  const count = (banks: readonly number[]) => banks.reduce((sum, b) => sum + bankPlaces[b]!.experts, 0);
  const first = settingsFor(count(gatePlaces[0]!.banks), gateList[0]);
  const { capacity, experts, seed } = first;
  const gates = gatePlaces.map((place, g): GateOfLayer => {
    const settings = settingsFor(count(place.banks), gateList[g], seedOf(seed, g));
    return { ...place, settings };
  });
  const makeBanks = () =>
    bankPlaces.map((place, b): BankOfLayer => {
      const bank = bankOf(who, sources[b] as ExpertSource, place.experts);
      if (bank.samples)
        throw new MoeError(who, "experts must see tokens: 'positions', and not whole samples", 'samples');
      return { ...place, bank, seed: seedOf(seed, b) };
    });
  const banks = saved ? restoringSaved(sources, makeBanks) : makeBanks();
  if (first.priority !== undefined)
    throw new MoeError(who, "capacity.priority must be 'gshard', for tasks disagree", first.priority.name);
  const sides = Object.assign({}, ...gates.map(({ settings }) => settings.gate.inputs ?? {}));
  const perToken = gates.reduce(
    (sum, { settings }) => sum + settings.gate.expertsPerToken(settings.experts),
    0,
  );
  return {
    who,
    gates,
    banks,
    inputs: ['the tokens'],
    sides: Object.keys(sides).length === 0 ? undefined : sides,
    capacityOf:
      capacity === undefined
        ? undefined
        : capacityFunction(who, capacity, experts, Math.min(perToken, experts)),
  };
}

/** Refuses options that a layer with several gates does not have. */
export function expectTaskOptions(who: string, args: unknown, options: readonly string[]): void {
  const known = [...options, ...own.filter((name) => !notHere.includes(name)), ...inherited];
  const nullable = ['units', 'capacity', ...extensionNames, ...inherited];
  // A saved config has the defaults of options that are not for these layers.
  expectKnownOptions(who, args as object, 'formatVersion' in Object(args) ? [...known, ...notHere] : known, {
    nullable,
  });
}

/** A list with an entry for each, from one for all or a list. */
function oneFor(who: string, option: string, given: unknown, count: number): readonly unknown[] {
  if (!Array.isArray(given)) return Array.from({ length: count }, () => given);
  if (given.length === count) return Array.from(given);
  throw new MoeError(who, `a list for ${option} must have ${count} entries`, given.length);
}
