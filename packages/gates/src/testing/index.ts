/**
 * The contract suites of routers and gates, for the built-in ones and for yours.
 *
 * ```ts
 * import { describe, test } from 'vitest'; // or 'node:test', or your own two functions
 * import { testGate } from '@tfjs-moe/gates/testing';
 *
 * testGate({ describe, test }, myGate(), { inputDim: 4, experts: 6 });
 * ```
 */
export { type TestGateTraitsOptions, testGateTraits } from './gate-traits.ts';
export { testRouterTraits } from './router-traits.ts';
export { type TestGateOptions, testGate } from './test-gate.ts';
export { type TestRouterOptions, testRouter } from './test-router.ts';
export { type TestSoftGateOptions, testSoftGate } from './test-soft-gate.ts';
