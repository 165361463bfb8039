import type { layers as Layers, LayersModel } from '@tensorflow/tfjs-layers';
import { MoeError } from '@tfjs-moe/core';
import { layersWithin } from './layer-inputs.ts';

type Layer = Layers.Layer;

/** Dense layers of which each takes what the one before it gives, and nobody else does. */
export interface DenseChain {
  readonly dense: readonly Layer[];
  readonly path: readonly LayersModel[];
}

/**
 * The dense network of a model that is meant: the layers that are named, or the only chain of Dense layers that there is.
 * @throws MoeError that names the chains, where there are several; and for names that are no chain
 */
export function denseChain(
  who: string,
  model: LayersModel,
  names: readonly string[] | undefined,
): DenseChain {
  const chains = chainsIn(model);
  const told = chains.map(({ dense }) => dense.map(({ name }) => name).join(', ')).join('; ');
  if (chains.length === 0) throw new MoeError(who, 'the model has no Dense layers');
  if (names === undefined) {
    if (chains.length === 1) return chains[0]!;
    throw new MoeError(who, `layers must name one of several dense networks: ${told}`, names);
  }
  for (const { dense, path } of chains) {
    const from = dense.findIndex(({ name }) => name === names[0]);
    const part = dense.slice(from, from + names.length);
    if (from >= 0 && names.length > 0 && names.every((name, i) => part[i]?.name === name))
      return { dense: part, path };
  }
  throw new MoeError(who, `layers must be Dense layers that follow each other, of ${told}`, names);
}

function chainsIn(model: LayersModel): DenseChain[] {
  const all = layersWithin(model).filter(({ layer }) => layer.getClassName() === 'Dense');
  const next = new Map<Layer, Layer>();
  for (const { layer, path } of all) {
    const before = onlySource(layer, path.at(-1)!);
    if (before !== undefined && all.some((each) => each.layer === before)) next.set(before, layer);
  }
  const followers = new Set(next.values());
  return all
    .filter(({ layer }) => !followers.has(layer))
    .map(({ layer, path }) => {
      const dense = [layer];
      for (let after = next.get(layer); after !== undefined; after = next.get(after)) dense.push(after);
      return { dense, path };
    });
}

/** The layer whose output a layer takes, where each has one call, and the output goes nowhere else. */
function onlySource(layer: Layer, model: LayersModel): Layer | undefined {
  const [node, ...more] = layer.inboundNodes;
  const [tensor, ...others] = node?.inputTensors ?? [];
  if (tensor === undefined || more.length + others.length > 0) return undefined;
  const { sourceLayer: source } = tensor;
  const isOutput = model.outputs.some(({ id }) => id === tensor.id);
  const isAlone = source.inboundNodes.length === 1 && source.outboundNodes.length === 1;
  return isAlone && !isOutput ? source : undefined;
}
