import type { CalledLayer } from '../calls.ts';

/**
 * Names of layers as they are called: a second layer of one name, as the experts of two mixtures have, is `name#2`. With
 * the same program the same layers get the same names.
 */
export function layerNames(): (layer: CalledLayer) => string {
  const names = new Map<CalledLayer, string>();
  const counts = new Map<string, number>();
  return (layer) => {
    const known = names.get(layer);
    if (known !== undefined) return known;
    const count = (counts.get(layer.name) ?? 0) + 1;
    counts.set(layer.name, count);
    const name = count === 1 ? layer.name : `${layer.name}#${count}`;
    names.set(layer, name);
    return name;
  };
}
