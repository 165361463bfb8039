/** Every profile trains at the size of its routing; scripts/train-profiles.mjs does it for longer, and wider. */
import '@tensorflow/tfjs-backend-wasm';
import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { type ProfileName, profileNames } from '../src/index.ts';
import { trainProfile } from './train-profile.ts';

/** Experts, experts per token, and groups with how many of them take part, as the models' reports and configs have them. */
const numbers: Readonly<Record<ProfileName, readonly number[]>> = {
  'deepseek-v2': [160, 6, 8, 3],
  'deepseek-v3': [256, 8, 8, 4],
  'deepseek-v4': [256, 6],
  'ernie-4.5': [64, 6],
  'glm-4.5': [160, 8],
  'gpt-oss': [128, 4],
  'grok-1': [8, 2],
  'kimi-k2': [384, 8],
  'llama-4': [16, 1],
  'minimax-m2': [256, 8],
  mixtral: [8, 2],
  olmoe: [64, 8],
  'phi-3.5-moe': [16, 2],
  'qwen2-moe': [60, 4],
  'qwen3-moe': [128, 8],
};
const small = { width: 4, hiddenUnits: 2, sequences: 2, length: 4, steps: 3, seed: 3 };

test('the table of the guide has these numbers', () => {
  const guide = readFileSync(new URL('../../../docs/guide/models-of-today.md', import.meta.url), 'utf8');
  for (const name of profileNames) {
    const row = guide.split('\n').find((line) => line.startsWith(`| \`'${name}'\` |`));
    const [experts, chosen, groups, kept] = numbers[name];
    expect(row).toContain(`| ${experts}, ${chosen} |`);
    if (groups !== undefined) expect(row).toContain(`among the ${kept} best of ${groups} groups`);
  }
});

test.each(profileNames)('%s learns at its published numbers', async (name) => {
  await tf.setBackend('wasm');
  const [experts, chosen, groups = 1, kept = 1] = numbers[name];
  const before = tf.memory().numTensors;
  const trained = await trainProfile(name, small);
  expect(trained.experts).toBe(experts);
  expect(new Set(trained.chosen)).toEqual(new Set([chosen]));
  expect(Math.max(...trained.groupsOf(groups))).toBeLessThanOrEqual(kept);
  expect(trained.isFinite).toBe(true);
  expect(trained.errors[1] / trained.errors[0]).toBeLessThan(0.97);
  expect(trained.farthestLoaded).toBe(0);
  if (trained.selectionBias) {
    const largest = Math.max(...trained.selectionBias.map(Math.abs));
    expect(largest).toBeGreaterThan(0);
    expect(largest).toBeLessThanOrEqual(small.steps * 1e-3 * 1.0001);
  }
  expect(tf.memory().numTensors).toBe(before);
});
