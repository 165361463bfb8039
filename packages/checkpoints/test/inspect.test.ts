import { inspectCheckpoint } from '@tfjs-moe/checkpoints/inspect';
import {
  bytesSource,
  openSafetensors,
  tensorData,
  writeSafetensors,
} from '@tfjs-moe/checkpoints/safetensors';
import { expect, test } from 'vitest';
import { blockNames, blockOf } from './families/blocks.ts';

test.each(blockNames)('%s is recognised', async (name) => {
  const { file, family } = await blockOf(name);
  const { blocks, tensors } = await inspectCheckpoint(file);
  const block = blocks.find(({ layer }) => layer === 3)!;
  expect(tensors).toBe(file.names.length);
  expect(block.families).toContain(family);
  expect(block.experts).toBe(8);
  expect(block.routerNorms!.largest).toBeGreaterThanOrEqual(block.routerNorms!.least);
});

test('dtypes, bytes and what is wrong with a block are told', async () => {
  const { file } = await blockOf('gpt-oss-mxfp4');
  const { dtypes, blocks } = await inspectCheckpoint(file, { model_type: 'gpt_oss' });
  expect(dtypes).toEqual({ F32: 4, F64: 2, U8: 4 });
  expect(blocks).toMatchObject([{ layer: 3, families: ['gpt-oss'], layout: 'mxfp4', hiddenUnits: 32 }]);
  const router = tensorData('model.layers.7.mlp.gate.weight', 'BF16', [2, 2], [3, 4, 0, 1]);
  const lone = await openSafetensors(bytesSource(writeSafetensors([router])));
  expect(await inspectCheckpoint(lone)).toEqual({
    tensors: 1,
    bytes: 8,
    dtypes: { BF16: 1 },
    blocks: [{ layer: 7, families: [], problem: 'its tensors are those of no family' }],
  });
  const named = await inspectCheckpoint(lone, { model_type: 'olmoe' });
  expect(named.blocks[0]!.problem).toMatch(/experts\.0\.gate_proj\.weight is missing/);
});
