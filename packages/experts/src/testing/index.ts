/**
 * The contract suite of experts, for the built-in ones and for yours.
 *
 * ```ts
 * import { describe, test } from 'vitest'; // or 'node:test', or your own two functions
 * import { testExpert } from '@tfjs-moe/experts/testing';
 *
 * testExpert({ describe, test }, myExpert());
 * ```
 */
export { testExpertTraits } from './expert-traits.ts';
export { type TestExpertOptions, testExpert } from './test-expert.ts';
