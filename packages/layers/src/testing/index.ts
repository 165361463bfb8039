/**
 * Contract suites for what runs in the layer, on the backend that is current when the tests run.
 *
 * ```ts
 * import { describe, test } from 'vitest';
 * import { testLayerGradients } from '@tfjs-moe/layers/testing';
 *
 * testLayerGradients({ describe, test }, myGate(), myExpert());
 * ```
 */
export {
  centralDifferences,
  type Float64Layer,
  float64Layer,
  type LayerData,
  type LayerSizes,
} from './float64-layer.ts';
export { type TestBalanceLossOptions, testBalanceLoss } from './test-balance-loss.ts';
export { testLayerComposition } from './test-composition.ts';
export { type TestDispatcherOptions, testDispatcher } from './test-dispatcher.ts';
export { testGroupedMatMul } from './test-grouped-mat-mul.ts';
export { type TestLayerOptions, testLayerGradients, testLayerLife } from './test-layer.ts';
export { type TestNonFiniteOptions, testNonFinite } from './test-non-finite.ts';
export {
  assertNothingKept,
  assertSameGradients,
  assertSameValues,
  drawnInput,
  type TwinInput,
  type Twins,
} from './twins.ts';
