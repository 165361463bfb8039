/**
 * Registers every built-in expert: `import '@tfjs-moe/experts/register'` in a program that loads models of unknown
 * content.
 *
 * Each definition registers itself, but a bundler drops definitions that nothing uses. Here they are used.
 */
// Written by scripts/generate-lists.mjs.
import { register } from '@tfjs-moe/core';
import { constant } from './constant.ts';
import { ffn } from './ffn.ts';
import { gatedConstant } from './gated-constant.ts';
import { gatedFfn } from './gated-ffn.ts';
import { identity } from './identity.ts';
import { linear } from './linear.ts';
import { lora } from './lora.ts';
import { normalizedFfn } from './normalized-ffn.ts';
import { polynomial } from './polynomial.ts';
import { selectedInputs } from './selected-inputs.ts';
import { zero } from './zero.ts';

for (const expert of [
  linear,
  polynomial,
  constant,
  ffn,
  normalizedFfn,
  gatedFfn,
  lora,
  identity,
  zero,
  gatedConstant,
  selectedInputs,
]) {
  register('expert', expert.kind, expert);
}
