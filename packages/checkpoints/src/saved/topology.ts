import { MoeError } from '@tfjs-moe/core';

/** A layer in the JSON of a saved model. */
export interface SavedLayer {
  class_name: string;
  config: Record<string, unknown>;
  /** Has a name where the model has inputs of its own, and not where layers follow each other. */
  name?: string;
  inbound_nodes?: unknown;
}

/** The list that a layer stands in, in the JSON of a saved model, and where. */
export interface LayerPlace {
  readonly list: SavedLayer[];
  readonly at: number;
}

/**
 * Where a layer stands in the JSON of a saved model, or of a model inside it.
 * @throws MoeError where no layer has the name, where several have, and where it stands inside another layer
 */
export function placeOf(who: string, topology: object, name: string): LayerPlace {
  const found = [...layerLists(topology)].flatMap((list) =>
    list.flatMap((layer, at) => (nameOf(layer) === name ? [{ list, at }] : [])),
  );
  if (found.length === 1) return found[0]!;
  const rule =
    found.length > 1
      ? 'several layers of the saved model have this name'
      : 'the layer must stand in the saved model, or in a model inside it';
  throw new MoeError(who, rule, name);
}

/** The name of a layer in JSON. */
function nameOf(layer: SavedLayer): unknown {
  return layer.name ?? layer.config?.name;
}

/** The lists of layers of a model and of the models inside it. */
function* layerLists(json: unknown): Generator<SavedLayer[]> {
  if (typeof json !== 'object' || json === null) return;
  for (const [key, value] of Object.entries(json)) {
    const isList = key === 'layers' || (key === 'config' && isSequential(json));
    if (isList && Array.isArray(value)) yield value as SavedLayer[];
    yield* layerLists(value);
  }
}

/** Older files have the layers of a Sequential as its config. */
function isSequential(json: object): boolean {
  return (json as Partial<SavedLayer>).class_name === 'Sequential';
}
