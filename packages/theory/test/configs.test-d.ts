/** Configs in the questions to theory: known kinds have their options and no others, other kinds whatever they like. */
import type { Config } from '@tfjs-moe/core';
import { linear } from '@tfjs-moe/experts';
import { softmax } from '@tfjs-moe/gates';
import {
  identifiability,
  interactions,
  type LayerConfig,
  type RatesOptions,
  type ReportSubject,
  rates,
  reportCard,
} from '../src/index.ts';

declare const saved: Config;
declare const layer: LayerConfig;
declare const name: string;
const sizes = { inputDim: 1, experts: 2 };
const expert = linear();

// By object, by name, by config, known or a stranger's, and from JSON.
identifiability({ ...sizes, gate: softmax(), expert });
identifiability({ ...sizes, gate: { kind: 'topK', k: 1 }, expert: { kind: 'ffn', hiddenUnits: 2 } });
identifiability({ ...sizes, gate: 'softmax', expert: name });
identifiability({ ...sizes, gate: { kind: 'someStrangersGate', whatever: 1 }, expert: saved });
rates({ gate: saved, expert: { kind: 'someStrangersExpert', whatever: [1] } });
interactions({ gate: ['softmax', { kind: 'softmax', useBias: false }], expert: 'linear', inputDim: 1 });
reportCard({ gate: { kind: 'someStrangersGate', whatever: 1 }, router: 'someStrangersRouter', expert });
reportCard(layer);
reportCard({ getConfig: () => layer });

// Wrong options in a config.
// @ts-expect-error a gate has no such option
identifiability({ ...sizes, gate: { kind: 'topK', kk: 2 }, expert });
// @ts-expect-error wrong inside a config inside a config
identifiability({ ...sizes, gate: { kind: 'topK', router: { kind: 'mlp', hidden: 8 } }, expert });
// @ts-expect-error wrong although a gate stands beside it
identifiability({ ...sizes, gate: { kind: 'topK', weighting: softmax(), kk: 2 }, expert });
// @ts-expect-error hiddenUnits is needed
rates({ gate: softmax(), expert: { kind: 'ffn' } });
// @ts-expect-error a gate has no such option
rates({ gate: { kind: 'softmax', useBais: true }, expert: 'linear' });
// @ts-expect-error wrong in one of the levels
interactions({ gate: ['softmax', { kind: 'softmax', useBais: true }], expert, inputDim: 1 });
// @ts-expect-error an expert has no such option
interactions({ expert: { kind: 'linear', useBais: false }, inputDim: 1 });
// @ts-expect-error a gate has no such option
reportCard({ gate: { kind: 'topK', kk: 2 }, expert });
// @ts-expect-error a router has no such option
reportCard({ gate: 'softmax', router: { kind: 'cosine', dim: 8 }, expert });
// @ts-expect-error an expert has no such option
reportCard({ gate: softmax(), expert: { kind: 'ffn', hiddenUnits: 2, units: 1 } });

// @ts-expect-error an option that no gate has, in what looks like the config of a layer
reportCard({ experts: 2, units: 1, gate: { kind: 'topK', kk: 2 }, expert: saved });

// Options by name, for those who write functions around these.
export const options: RatesOptions = { gate: 'softmax', expert: { kind: 'linear', useBias: false } };
rates(options);
export const subject: ReportSubject = { gate: 'softmax', expert };
reportCard(subject);
