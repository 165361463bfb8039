import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Job } from 'kubernetes-models/batch/v1';
import { PersistentVolumeClaim } from 'kubernetes-models/v1';
import { afterAll, describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { mergeResults } from '../../src/study/merge.ts';
import { runStudy } from '../../src/study/run-study.ts';
import { parseShard } from '../../src/study/shard.ts';
import { writeTaskResults } from '../../src/tasks/task-file.ts';
import { moe } from '../run-from-source.ts';
import { inThisThread } from './pools.ts';
import { smallStudy } from './small-study.ts';

const cluster = resolve(import.meta.dirname, '../../cluster');
const folder = mkdtempSync(join(tmpdir(), 'cluster-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('Kubernetes', () => {
  const objects = parseAllDocuments(readFileSync(join(cluster, 'kubernetes-job.yaml'), 'utf8')).map((each) =>
    each.toJSON(),
  );
  const claim = objects.find(({ kind }) => kind === 'PersistentVolumeClaim');
  const job = objects.find(({ kind }) => kind === 'Job');

  test('accepts the manifest', () => {
    expect(objects).toHaveLength(2);
    new PersistentVolumeClaim(claim).validate();
    new Job(job).validate();
    expect(() => new Job({ ...job, spec: { ...job.spec, completions: 'many' } }).validate()).toThrow(
      'integer',
    );
  });

  test('gives every pod a shard, and all shards a pod', () => {
    const { completions, parallelism, completionMode, template } = job.spec;
    expect(completionMode).toBe('Indexed');
    expect(parallelism).toBeLessThanOrEqual(completions);
    const [container] = template.spec.containers;
    const shard = container.args.find((word: string) => word.startsWith('--shard=')).slice('--shard='.length);
    for (let index = 0; index < completions; index++) {
      expect(parseShard(shard, { JOB_COMPLETION_INDEX: String(index) })).toEqual({
        index,
        count: completions,
      });
    }
    expect(template.spec.volumes[0].persistentVolumeClaim.claimName).toBe(claim.metadata.name);
    expect(container.volumeMounts[0].mountPath).toBe(container.workingDir);
  });
});

describe('Slurm', () => {
  test('runs every shard in a process of its own, and all of them are the single run', {
    timeout: 90_000,
  }, async () => {
    const path = smallStudy(folder);
    const whole = join(folder, 'whole.jsonl');
    await runStudy({
      source: { path, quick: false },
      out: whole,
      shard: undefined,
      workers: 1,
      openPool: inThisThread,
    });
    // The script runs what is built; here, the sources.
    const node = join(folder, 'node');
    const words = [process.execPath, ...moe()].map((word) => `"${word}"`).join(' ');
    writeFileSync(node, `#!/bin/bash\nshift\nexec ${words} "$@"\n`);
    chmodSync(node, 0o755);
    const parts = [4, 5, 6].map((id) => {
      const out = join(folder, `part-${id}`);
      const { status, stderr } = spawnSync('bash', [join(cluster, 'slurm-array.sh'), path, '--out', out], {
        encoding: 'utf8',
        env: {
          ...process.env,
          PATH: `${folder}:${process.env.PATH}`,
          SLURM_ARRAY_TASK_ID: String(id),
          SLURM_ARRAY_TASK_MIN: '4',
          SLURM_ARRAY_TASK_COUNT: '3',
          SLURM_CPUS_PER_TASK: '1',
        },
      });
      expect(status, stderr).toBe(0);
      return out;
    });
    const merged = join(folder, 'merged.jsonl');
    writeTaskResults('moe study merge', merged, mergeResults(parts));
    expect(readFileSync(merged, 'utf8')).toBe(readFileSync(whole, 'utf8'));
  });
});
