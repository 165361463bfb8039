/** Configs as the compiler sees them: known kinds have their options and no others, other kinds whatever they like. */
import { type Config, getGate } from '@tfjs-moe/core';
import {
  ffn,
  type Gate,
  hierarchical,
  type Identifier,
  type MixtureOfExperts,
  type MixtureOfExpertsArgs,
  mixtureOfExperts,
  noisyTopK,
  type SigmoidOptions,
  softmax,
  switchLoss,
  type TopKOptions,
  temperature,
  topK,
} from 'tfjs-moe';

const base = { experts: 4, gate: topK({ k: 2 }), expert: ffn({ hiddenUnits: 8 }) };

// A stranger's kinds: with any options, at any depth, by name, and from JSON.
declare const saved: Config;
declare const name: string;
mixtureOfExperts({ ...base, gate: { kind: 'someStrangersGate', whatever: 1 } });
mixtureOfExperts({ ...base, expert: { kind: 'someStrangersExpert', whatever: [1] } });
mixtureOfExperts({ ...base, balance: [{ kind: 'someStrangersLoss', weight: 1 }, 'zLoss', 'another'] });
mixtureOfExperts({ ...base, gate: { kind: 'topK', weighting: { kind: 'someStrangersGate', whatever: 1 } } });
mixtureOfExperts({ ...base, gate: 'someStrangersGate', expert: name });
mixtureOfExperts({ ...base, gate: saved, expert: saved, balance: [saved] });
topK({ weighting: { kind: 'someStrangersGate', whatever: 1 }, router: { kind: 'someStrangersRouter' } });
getGate({ kind: 'someStrangersGate', whatever: 1 });

// Known kinds, inside each other.
mixtureOfExperts({
  ...base,
  gate: {
    kind: 'hierarchical',
    groups: 2,
    outer: { kind: 'someStrangersGate', whatever: 1 },
    inner: { kind: 'topK', k: 1, weighting: { kind: 'sigmoid', router: { kind: 'mlp', hiddenUnits: 8 } } },
  },
  expert: { kind: 'ffn', hiddenUnits: 8, kernelInitializer: { kind: 'heNormal', seed: 1 } },
  balance: [{ kind: 'switchLoss', weight: 0.1 }],
});

// Wrong options in a config.
// @ts-expect-error a gate has no such option
mixtureOfExperts({ ...base, gate: { kind: 'topK', kk: 2 } });
// @ts-expect-error k is a number
mixtureOfExperts({ ...base, gate: { kind: 'topK', k: '2' } });
// @ts-expect-error an expert has no such option
mixtureOfExperts({ ...base, expert: { kind: 'ffn', hiddenUnits: 8, units: 2 } });
// @ts-expect-error hiddenUnits is needed
mixtureOfExperts({ ...base, expert: { kind: 'ffn' } });
// @ts-expect-error a loss has no such option
mixtureOfExperts({ ...base, balance: [{ kind: 'switchLoss', wieght: 0.1 }] });
// @ts-expect-error no such activation
mixtureOfExperts({ ...base, expert: { kind: 'ffn', hiddenUnits: 8, activation: 'elu' } });
// @ts-expect-error an initializer has no such option
ffn({ hiddenUnits: 8, kernelInitializer: { kind: 'heNormal', std: 1 } });
// @ts-expect-error wrong inside a config inside a config
mixtureOfExperts({ ...base, gate: { kind: 'topK', weighting: { kind: 'sigmoid', nrmalize: true } } });
// @ts-expect-error wrong at the third level
hierarchical({ groups: 2, inner: { kind: 'topK', router: { kind: 'mlp', hidden: 8 } } });
// @ts-expect-error wrong although a stranger stands beside it
hierarchical({ groups: 2, outer: { kind: 'someStrangersGate', a: 1 }, inner: { kind: 'topK', kk: 1 } });
// @ts-expect-error wrong although a gate stands beside it
hierarchical({ groups: 2, outer: softmax(), inner: { kind: 'topK', kk: 1 } });
// @ts-expect-error wrong although a gate stands beside it, inside a config
hierarchical({ inner: { kind: 'hierarchical', outer: softmax(), inner: { kind: 'topK', kk: 1 } } });
// @ts-expect-error wrong although a gate stands inside it
mixtureOfExperts({ ...base, gate: { kind: 'topK', weighting: softmax(), kk: 2 } });
// @ts-expect-error wrong in the router although a gate stands beside it
topK({ weighting: softmax(), router: { kind: 'linear', hiddenUnits: 8 } });
// @ts-expect-error wrong although a loss stands beside it
mixtureOfExperts({ ...base, balance: [switchLoss(), { kind: 'zLoss', wieght: 0.1 }] });
// @ts-expect-error wrong in the weighting
topK({ weighting: { kind: 'sigmoid', nrmalize: true } });
// @ts-expect-error wrong in the router
softmax({ router: { kind: 'cosine', dim: 8 } });
// @ts-expect-error wrong in the router
noisyTopK({ router: { kind: 'linear', hiddenUnits: 8 } });
// @ts-expect-error wrong in the router
temperature({ router: { kind: 'euclidean', scal: 2 } });
// @ts-expect-error wrong in a gate that is read
getGate({ kind: 'topK', kk: 2 });

// A stranger's kind that the module of its definition has added is as good as a built-in one.
interface StrictOptions<Kind extends string = string> {
  readonly sharpness?: number;
  readonly inner?: Identifier<Gate, Kind>;
}
declare module '@tfjs-moe/core' {
  interface GateOptionsByKind<Kind extends string> {
    readonly strictGate: StrictOptions<Kind>;
  }
}
mixtureOfExperts({ ...base, gate: { kind: 'strictGate', sharpness: 2, inner: { kind: 'topK', k: 1 } } });
// @ts-expect-error it has no such option
mixtureOfExperts({ ...base, gate: { kind: 'strictGate', sharpnes: 2 } });
// @ts-expect-error nor has the gate inside it
mixtureOfExperts({ ...base, gate: { kind: 'strictGate', inner: { kind: 'topK', kk: 1 } } });

// Options by name, for those who write functions around these.
({ k: 2, weighting: 'sigmoid' }) satisfies TopKOptions;
({ normalize: true }) satisfies SigmoidOptions;
export const args: MixtureOfExpertsArgs = { ...base, gate: { kind: 'topK', k: 2 } };
mixtureOfExperts(args);
// The options of a function of one's own, with a default for what is left out.
export function gateOr(options: { readonly gate?: Identifier<Gate> }): Gate {
  return getGate(options.gate ?? 'softmax');
}
export function around<Kind extends string>(gate: Identifier<Gate, Kind>): MixtureOfExperts {
  return mixtureOfExperts({ ...base, gate: getGate(gate) });
}
