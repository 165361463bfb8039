import type { Sizes } from './contenders.ts';

/** A small one: half a minute where software computes, and most of that compiles. */
const quick: readonly Sizes[] = [{ T: 256, D: 64, H: 64, E: 16, K: 2 }];

/** What software can do in minutes. */
const middle: readonly Sizes[] = [
  { T: 1024, D: 128, H: 256, E: 8, K: 2 },
  { T: 1024, D: 128, H: 256, E: 64, K: 2 },
];

/** What a GPU is for. */
const large: readonly Sizes[] = [
  { T: 2048, D: 512, H: 1024, E: 64, K: 2 },
  { T: 8192, D: 512, H: 1024, E: 8, K: 2 },
];

/** Adapters that compute on the processor. */
const software = /swiftshader|llvmpipe|basic render|warp/i;

/** The cases for an adapter. */
export const casesFor = (adapter: string, isQuick: boolean): readonly Sizes[] =>
  isQuick ? quick : software.test(adapter) ? middle : [...middle, ...large];
