import { averageCheckpoints } from '@tfjs-moe/checkpoints';
import {
  bytesSource,
  floatsOf,
  openSafetensors,
  tensorData,
  writeSafetensors,
} from '@tfjs-moe/checkpoints/safetensors';
import { describe, expect, test } from 'vitest';

describe('averageCheckpoints', () => {
  const file = (name: string, ...tensors: Parameters<typeof writeSafetensors>[0][]) =>
    openSafetensors(bytesSource(writeSafetensors(tensors.flatMap((each) => [...each])), name));

  test('floats are averaged by their shares, integers kept', async () => {
    const step = tensorData('step', 'I64', [1], [7n]);
    const a = await file('a', [tensorData('w', 'F32', [2], [1, 2]), tensorData('h', 'BF16', [1], [1]), step]);
    const b = await file('b', [
      tensorData('w', 'F32', [2], [5, -2]),
      tensorData('h', 'BF16', [1], [3]),
      step,
    ]);
    const averaged = new Map((await averageCheckpoints([a, b], [3, 1])).map((each) => [each.name, each]));
    expect([...floatsOf(averaged.get('w')!)]).toEqual([2, 1]);
    expect(averaged.get('h')).toMatchObject({ dtype: 'BF16' });
    expect([...floatsOf(averaged.get('h')!)]).toEqual([1.5]);
    expect(averaged.get('step')!.bytes[0]).toBe(7);
  });

  test('all differences are listed', async () => {
    const a = await file('a', [tensorData('w', 'F32', [2], [1, 2]), tensorData('v', 'F32', [1], [1])]);
    const b = await file('b', [tensorData('w', 'F32', [1], [1]), tensorData('u', 'F32', [1], [1])]);
    await expect(averageCheckpoints([a, b])).rejects.toThrow(
      /v is missing in b; u is only in b|w is F32 \[1\] in b/,
    );
    await expect(averageCheckpoints([a, b], [1])).rejects.toThrow(/shares/);
    const [i, j] = [
      await file('i', [tensorData('n', 'I32', [1], [1])]),
      await file('j', [tensorData('n', 'I32', [1], [2])]),
    ];
    await expect(averageCheckpoints([i, j])).rejects.toThrow(/I32 has no average/);
  });
});
