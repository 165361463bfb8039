import type { Tensor } from '@tensorflow/tfjs-core';
import type { LayersModel, layers } from '@tensorflow/tfjs-layers';
import { expectKnownOptions, MoeError } from '@tfjs-moe/core';
import {
  coActivation,
  type LayerReport,
  layerReports,
  type RoutingTrace,
  recordRouting,
  type Specialisation,
  specialisation,
} from '@tfjs-moe/layers/trace';

/** What tokens are: one label for each, in the order of the input, null for those that do not count. */
export type TokenLabels = readonly (string | number | null)[];

/** Options of `routeModel`. */
export interface RouteModelOptions {
  /** Any number of labellings by name, as `{ character: [...], language: [...] }`. Default none. */
  readonly labels?: Readonly<Record<string, TokenLabels>>;
}

/** The routing of one mixture layer: its load, which experts work together, and who takes what. */
export interface RoutedLayer extends LayerReport {
  /** Of the tokens of expert a, the share that expert b has too: rows [a][b]. */
  readonly coActivation: readonly (readonly number[])[];
  /** Of every labelling, the share of each label's tokens that each expert has, and what the two tell of each other. */
  readonly by: Readonly<Record<string, Specialisation>>;
}

/** The routing of a model. */
export interface RoutedModel {
  readonly layers: readonly RoutedLayer[];
  /** Token by token, for pictures and files. */
  readonly trace: RoutingTrace;
}

/**
 * How a model routes what it is given, of every mixture layer in it, and which labels of tokens its experts divide among
 * themselves: `recordRouting` once, summed up once for every labelling.
 * @param model a model or a layer; where mixtures stand in it does not matter
 * @param inputs what it is called with, as one batch
 */
export async function routeModel(
  model: LayersModel | layers.Layer,
  inputs: Tensor | Tensor[],
  options: RouteModelOptions = {},
): Promise<RoutedModel> {
  const who = 'routeModel';
  expectKnownOptions(who, options, ['labels']);
  const labellings = Object.entries(options.labels ?? {});
  const trace = await recordRouting(model, inputs);
  for (const [name, labels] of labellings) expectLabels(who, name, labels, trace);
  const layersOfModel = layerReports(trace).map((report) => ({
    ...report,
    coActivation: coActivation(trace, report.layer),
    by: Object.fromEntries(
      labellings.map(([name, labels]) => [name, specialisation(labelled(trace, labels), report.layer)]),
    ),
  }));
  return { layers: layersOfModel, trace };
}

/** A trace whose tokens are called something else. */
function labelled(trace: RoutingTrace, labels: TokenLabels): RoutingTrace {
  return trace.map((call) => ({
    ...call,
    labels: labels.map((label, token) => (call.choices[token] === null ? null : label)),
  }));
}

function expectLabels(who: string, name: string, labels: TokenLabels, trace: RoutingTrace): void {
  if (!Array.isArray(labels)) throw new MoeError(who, `labels: ${name} must be a list`, labels);
  const other = trace.find(({ choices }) => choices.length !== labels.length);
  if (other === undefined) return;
  const tokens = other.choices.length;
  throw new MoeError(
    who,
    `labels: ${name} must have one entry per token of layer ${other.layer} (${tokens})`,
    labels.length,
  );
}
