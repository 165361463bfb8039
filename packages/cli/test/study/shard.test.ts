import { describe, expect, test } from 'vitest';
import { parseShard } from '../../src/study/shard.ts';
import { tasksOf, tasksOfShard } from '../../src/study/task.ts';

describe('shards', () => {
  test.each<[string, Record<string, string>, { index: number; count: number }]>([
    ['2/8', {}, { index: 2, count: 8 }],
    ['auto/4', { JOB_COMPLETION_INDEX: '3' }, { index: 3, count: 4 }],
    ['auto/4', { SLURM_ARRAY_TASK_ID: '0' }, { index: 0, count: 4 }],
    [
      'auto',
      { SLURM_ARRAY_TASK_ID: '5', SLURM_ARRAY_TASK_MIN: '1', SLURM_ARRAY_TASK_COUNT: '5' },
      { index: 4, count: 5 },
    ],
  ])('%s', (written, environment, shard) => {
    expect(parseShard(written, environment)).toEqual(shard);
  });

  test.each(['8/8', '-1/4', '1', 'a/b', '1/0', '1.5/2', ''])('refuses %j', (written) => {
    expect(() => parseShard(written, {})).toThrow('shard must be i/n');
  });

  test('says what auto needs', () => {
    expect(() => parseShard('auto/4', {})).toThrow('JOB_COMPLETION_INDEX');
    expect(() => parseShard('auto', { JOB_COMPLETION_INDEX: '0' })).toThrow('shard must be i/n');
  });

  test('takes every task once', () => {
    const tasks = tasksOf({
      arms: [{ name: 'a' }, { name: 'b' }] as never,
      sizes: [10, 20, 30],
      replicates: 3,
    });
    expect(tasks).toHaveLength(18);
    expect(tasks.map(({ index }) => index)).toEqual(Array.from({ length: 18 }, (_, i) => i));
    const parts = [0, 1, 2, 3, 4].flatMap((index) => tasksOfShard(tasks, { index, count: 5 }));
    expect(parts.map(({ index }) => index).sort((a, b) => a - b)).toEqual(tasks.map(({ index }) => index));
    expect(tasksOfShard(tasks, undefined)).toEqual(tasks);
  });
});
