import type * as tf from '@tensorflow/tfjs-core';
import {
  type Config,
  type Expert,
  expectExperts,
  expectKnownOptions,
  expectShallow,
  getExpert,
  type Identifier,
  MoeError,
  prefixed,
  scoped,
} from '@tfjs-moe/core';
import { bring } from '../brought.ts';
import type { BankSource, MixedExperts } from './bank-of.ts';
import { definitionBank } from './definition-bank.ts';
import type { ExpertBank } from './expert-bank.ts';
import { runParts } from './parts.ts';

/** Some experts of one definition, beside others in a layer. */
export interface MixedPart<Kind extends string = string> {
  /** What each of them computes: an object, a config or the name of a kind. */
  readonly expert: Identifier<Expert, Kind>;
  /** How many there are of it. */
  readonly count: number;
}

/**
 * Experts of several definitions in one layer: the first `count` experts are of the first definition, and so on. All
 * counts together are the layer's `experts`, among which its gate chooses as ever.
 *
 * For layers whose experts differ in size or in cost: experts beside the identity (LongCat-Flash, MoE++), large ones
 * beside small ones, a linear trend beside networks. Each definition is computed for all of its experts at once. The
 * weights of the n-th are named `expert/part_n/...`.
 *
 * @throws MoeError where a part is no `{ expert, count }` of an expert written in Ops
 * @example mixedExperts([{ expert: ffn({ hiddenUnits: 64 }), count: 6 }, { expert: identity(), count: 2 }])
 */
export const mixedExperts: <const Kind extends string>(parts: readonly MixedPart<Kind>[]) => MixedExperts =
  /* @__PURE__ */ defineMixedExperts();

const WHO = 'mixedExperts';

function defineMixedExperts(): typeof mixedExperts {
  bring('mixed', mixedBank);
  return (parts) => Object.freeze({ role: WHO, parts: checkedParts(parts as readonly unknown[]) });
}

/** The bank of such experts, from their parts or from the config of a saved model. */
export function mixedBank(source: BankSource, experts: number): ExpertBank {
  const { parts } = source.role === WHO ? (source as MixedExperts) : restored(source as Config);
  const total = parts.reduce((sum, { count }) => sum + count, 0);
  if (total !== experts) {
    throw new MoeError(WHO, `all counts together must be the number of experts (${experts})`, total);
  }
  const banks = parts.map(({ expert, count }, i) => definitionBank(below(`part_${i + 1}`, expert), count));
  const counts = parts.map(({ count }) => count);
  return {
    config: () => ({
      kind: 'mixed',
      parts: parts.map(({ expert, count }) => ({ expert: expert.config, count })),
    }),
    ownUnits: () => undefined,
    params: (inputDim, units) => Object.assign({}, ...banks.map((bank) => bank.params(inputDim, units))),
    build(context) {
      banks.forEach((bank, i) => {
        bank.build({ ...context, experts: counts[i]! });
      });
    },
    parametersPerExpert: () =>
      banks.reduce((sum, bank, i) => sum + bank.parametersPerExpert() * counts[i]!, 0) / experts,
    run: (dispatched, training, call) =>
      runParts(
        dispatched,
        counts,
        (part, i): tf.Tensor => banks[i]!.run({ ...dispatched, ...part }, training, call),
      ),
    get stored() {
      return Object.assign({}, ...banks.map(({ stored }) => stored));
    },
    losses: () => [],
    children: [],
  };
}

function restored({ kind, ...config }: Config): MixedExperts {
  expectShallow(WHO, config);
  expectKnownOptions(WHO, config, ['parts']);
  return mixedExperts(config.parts as never);
}

function checkedParts(parts: readonly unknown[]): MixedExperts['parts'] {
  if (!Array.isArray(parts) || parts.length === 0) {
    throw new MoeError(WHO, 'parts must be a list of { expert, count }', parts);
  }
  // Also the holes of a list, which map would step over.
  const checked = Array.from(parts, (given: unknown, i) => {
    const who = `${WHO}: part ${i + 1}`;
    expectKnownOptions(who, given as object, ['expert', 'count']);
    const part = given as MixedPart;
    const { role } = (part.expert ?? {}) as { readonly role?: string };
    if (role !== undefined && role !== 'expert') {
      throw new MoeError(who, 'expert must be written in Ops; layers have a layer of their own', role);
    }
    return Object.freeze({
      expert: getExpert(part.expert, `${who}: expert`),
      count: expectExperts(who, 'count', part.count),
    });
  });
  return Object.freeze(checked);
}

/** The same expert with its parameters under a path. */
function below(path: string, expert: Expert): Expert {
  return {
    ...expert,
    params: (inputDim, units) => prefixed(path, expert.params(inputDim, units)) as never,
    apply: (ops, x, p) => expert.apply(ops, x, scoped(path, p as never)),
  };
}
