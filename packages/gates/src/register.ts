/**
 * Registers every built-in router and gate: `import '@tfjs-moe/gates/register'` in a program that loads models of
 * unknown content.
 *
 * Each definition registers itself, but a bundler drops definitions that nothing uses. Here they are used.
 */
// Written by scripts/generate-lists.mjs.
import { register } from '@tfjs-moe/core';
import { constantRouter } from './constant-router.ts';
import { cosineRouter } from './cosine-router.ts';
import { dselectK } from './dselect-k.ts';
import { euclideanRouter } from './euclidean-router.ts';
import { expertChoice } from './expert-choice.ts';
import { expertThreshold } from './expert-threshold.ts';
import { groupLimitedTopK } from './group-limited-top-k.ts';
import { hash } from './hash.ts';
import { hierarchical } from './hierarchical.ts';
import { linearRouter } from './linear-router.ts';
import { lossFree } from './loss-free.ts';
import { minP } from './min-p.ts';
import { mixtureOfDepths } from './mixture-of-depths.ts';
import { mlpRouter } from './mlp-router.ts';
import { noisyTopK } from './noisy-top-k.ts';
import { pointwise } from './pointwise.ts';
import { productKeys } from './product-keys.ts';
import { quantileBalancing } from './quantile-balancing.ts';
import { reMoe } from './re-moe.ts';
import { selectedInputsRouter } from './selected-inputs-router.ts';
import { sequenceTopK } from './sequence-top-k.ts';
import { sigmoid } from './sigmoid.ts';
import { sinkhorn } from './sinkhorn.ts';
import { softMoe } from './soft-moe.ts';
import { softmax } from './softmax.ts';
import { sparseMixer } from './sparse-mixer.ts';
import { switchGate } from './switch-gate.ts';
import { temperature } from './temperature.ts';
import { topK } from './top-k.ts';
import { topP } from './top-p.ts';

for (const router of [
  linearRouter,
  mlpRouter,
  cosineRouter,
  euclideanRouter,
  selectedInputsRouter,
  constantRouter,
]) {
  register('router', router.kind, router);
}
for (const gate of [
  softmax,
  sigmoid,
  pointwise,
  temperature,
  productKeys,
  dselectK,
  topK,
  noisyTopK,
  switchGate,
  groupLimitedTopK,
  quantileBalancing,
  sinkhorn,
  topP,
  minP,
  sparseMixer,
  reMoe,
  hash,
  expertChoice,
  expertThreshold,
  sequenceTopK,
  mixtureOfDepths,
  softMoe,
  hierarchical,
  lossFree,
]) {
  register('gate', gate.kind, gate);
}
