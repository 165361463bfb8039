/** Mixture of Experts for TensorFlow.js, in one import. */
// Experts transform what they are given.
export * from '@tfjs-moe/experts';
// Routers score experts, gates decide who goes where.
export * from '@tfjs-moe/gates';
// The layer, its balance losses and its callbacks.
export * from '@tfjs-moe/layers';
// What it takes to write your own.
export * from './contracts.ts';
// How published models route.
export { type ProfileOptions, profile, profileNames } from './profiles/profile.ts';
export type { ProfileName } from './profiles/routings.ts';
export { softMoe } from './soft-moe.ts';
