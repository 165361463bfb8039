import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { fingerprintOf, loadStudy, sourceOf } from '../../src/study/study-file.ts';
import { small, smallStudy } from './small-study.ts';

const folder = mkdtempSync(join(tmpdir(), 'study-file-'));
afterAll(() => rmSync(folder, { recursive: true }));
const [arm, likelihood] = small.arms;
const ready = resolve(import.meta.dirname, '../../studies');

describe('study files', () => {
  test.each<[string, object, string]>([
    ['an unknown option', { colour: 1 }, 'unknown option "colour"'],
    ['a name', { name: 'Two Words' }, 'name must be lower case'],
    ['no sizes', { sizes: [] }, 'sizes must be a list'],
    ['a size', { sizes: [0] }, 'a size must be an integer'],
    ['replicates', { replicates: 0 }, 'replicates must be an integer'],
    ['no arms', { arms: [] }, 'arms must be a list'],
    ['equal names', { arms: [arm, arm] }, 'arms must have different names'],
    ['a design', { arms: [{ ...arm, design: 'none' }] }, 'name must be one of'],
    ['no truth', { arms: [{ ...arm, design: undefined }] }, 'give a design, or truth'],
    ['no truths', { arms: [{ ...likelihood, truth: undefined, truths: [] }] }, 'give a design, or truth'],
    ['truth and truths', { arms: [{ ...likelihood, truths: [likelihood!.truth!] }] }, 'not both'],
    [
      'truths of two shapes',
      {
        arms: [
          {
            ...likelihood,
            truth: undefined,
            truths: [likelihood!.truth!, { ...likelihood!.truth!, gate: { kind: 'sigmoid' } }],
          },
        ],
      },
      'truths must have one gate',
    ],
    ['where fits start', { arms: [{ ...arm, fit: { ...arm!.fit, from: 'afar' } }] }, 'fit.from must be'],
    ['a loss', { arms: [{ ...arm, losses: ['D9'] }] }, 'a loss must be one of'],
    ['an estimator', { arms: [{ ...arm, fit: { estimator: 'x', experts: 2 } }] }, 'fit.estimator must be'],
    [
      'experts',
      { arms: [{ ...arm, fit: { estimator: 'leastSquares', experts: 0 } }] },
      'fit.experts must be',
    ],
  ])('refuse %s', async (_, change, message) => {
    const source = { path: smallStudy(folder, change), quick: false };
    await expect(loadStudy(source)).rejects.toThrow(message);
  });

  test('say what is no study', async () => {
    await expect(loadStudy({ path: join(folder, 'none.json'), quick: false })).rejects.toThrow('can be read');
    const path = join(folder, 'broken.json');
    writeFileSync(path, '{"a":');
    await expect(loadStudy({ path, quick: false })).rejects.toThrow('must be JSON');
  });

  test('are told apart by what decides the results, not by what explains them', async () => {
    const of = async (change: object, quick = false) =>
      fingerprintOf((await loadStudy({ path: smallStudy(folder, change), quick })).config);
    const plain = await of({});
    expect(await of({ title: 'Another', about: 'More' })).toBe(plain);
    expect(await of({ seed: 5 })).not.toBe(plain);
    expect(await of({}, true)).not.toBe(plain);
  });

  test('hash to the same whatever version of the format their truths are written in', async () => {
    const { config } = await loadStudy({ path: smallStudy(folder, {}), quick: false });
    const arms = config.arms.map((one) => ({ ...one, truth: { ...one.truth!, version: 77 } }));
    expect(fingerprintOf({ ...config, arms })).toBe(fingerprintOf(config));
    const moved = config.arms.map((one) => ({ ...one, truth: { ...one.truth!, experts: 77 } }));
    expect(fingerprintOf({ ...config, arms: moved })).not.toBe(fingerprintOf(config));
  });

  test.each(readdirSync(ready))('%s is a study', async (file) => {
    const { study } = await loadStudy({ path: join(ready, file), quick: true });
    expect(file).toBe(`${study.name}.ts`);
    for (const each of study.arms)
      expect(sourceOf(each).measure.experts).toBeLessThanOrEqual(each.fit.experts);
    for (const { claims = [], losses } of study.arms) {
      for (const { loss } of claims) expect(losses).toContain(loss);
    }
  });
});
