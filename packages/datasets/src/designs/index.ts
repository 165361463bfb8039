/** The designs by name. */
import { MoeError } from '@tfjs-moe/core';
import { hierarchicalDesign, temperatureDesign } from './convergence-rates.ts';
import { deepseek } from './deepseek.ts';
import { demystifyingSoftmax } from './demystifying-softmax.ts';
import { dendrogram } from './dendrogram.ts';
import type { Design } from './design.ts';
import { leastSquares } from './least-squares.ts';
import { reference } from './reference.ts';
import { sigmoidGate } from './sigmoid-gate.ts';
import { topKDesign } from './top-k.ts';

const makers: Readonly<Record<string, () => Design>> = {
  'demystifying-softmax-k2': () => demystifyingSoftmax(2),
  'demystifying-softmax-k3': () => demystifyingSoftmax(3),
  'demystifying-softmax-k4': () => demystifyingSoftmax(4),
  'top-k-exact': () => topKDesign('exact'),
  'top-k-over': () => topKDesign('over'),
  'least-squares-ridge': () => leastSquares('ridge'),
  'least-squares-linear': () => leastSquares('linear'),
  'least-squares-tanh': () => leastSquares('tanh'),
  'least-squares-polynomial': () => leastSquares('polynomial'),
  'sigmoid-relu-regime-1': () => sigmoidGate('relu', 1),
  'sigmoid-relu-regime-2': () => sigmoidGate('relu', 2),
  'sigmoid-linear-regime-1': () => sigmoidGate('linear', 1),
  'sigmoid-linear-regime-2': () => sigmoidGate('linear', 2),
  'temperature-linear-router': () => temperatureDesign('linear'),
  'temperature-tanh-router': () => temperatureDesign('tanh'),
  'hierarchical-tanh': () => hierarchicalDesign('tanh'),
  'hierarchical-linear': () => hierarchicalDesign('linear'),
  'deepseek-theorem-1': () => deepseek(1),
  'deepseek-theorem-2': () => deepseek(2),
  'deepseek-theorem-3': () => deepseek(3),
  'deepseek-theorem-4': () => deepseek(4),
  'dendrogram-exp3': () => dendrogram(3),
  'dendrogram-exp5': () => dendrogram(5),
  'dendrogram-exp6': () => dendrogram(6),
  'reference-a': () => reference('a'),
  'reference-b': () => reference('b'),
};

/** The names that `design` knows. */
export const designNames: readonly string[] = /* @__PURE__ */ Object.freeze(Object.keys(makers));

/**
 * A published design by name.
 * @throws MoeError that lists the names, if there is none of this name
 */
export function design(name: string): Design {
  const make = typeof name === 'string' && Object.hasOwn(makers, name) ? makers[name] : undefined;
  if (make === undefined) throw new MoeError('design', `name must be one of ${designNames.join(', ')}`, name);
  return make();
}
