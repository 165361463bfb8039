/** What the pages of the ready studies say of their truths, and that the results on the site are of these studies. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { getExpert, getGate, stream } from '@tfjs-moe/core';
import { polynomial } from '@tfjs-moe/experts';
import { sigmoid } from '@tfjs-moe/gates';
import { type MixingMeasure, mixingMeasure, predict } from '@tfjs-moe/measures';
import { describe, expect, test } from 'vitest';
import { nearTruth } from '../../src/study/near-truth.ts';
import { fingerprintOf, loadStudy, sourceOf } from '../../src/study/study-file.ts';

const ready = resolve(import.meta.dirname, '../../studies');
const published = resolve(import.meta.dirname, '../../../../docs/studies');
const names = readdirSync(ready).map((file) => basename(file, '.ts'));
const study = async (name: string) => loadStudy({ path: join(ready, `${name}.ts`), quick: false });
const truthOf = async (name: string, arm: string) =>
  sourceOf((await study(name)).study.arms.find((one) => one.name === arm)!).measure;

const random = stream(1, 'rows');
const rows = Array.from({ length: 200 }, () => [6 * random.uniform() - 3, 6 * random.uniform() - 3]);

function expectSameFunction(one: MixingMeasure, other: MixingMeasure): void {
  const [first, second] = [predict(one, rows), predict(other, rows)];
  first.forEach((value, i) => {
    expect(Math.abs(value - second[i]!)).toBeLessThan(1e-13 * (1 + Math.abs(value)));
  });
}

describe.each(names.map((name) => [name]))('%s', (name) => {
  test('is what the results on the site were run with', async () => {
    const { fingerprint, curves } = JSON.parse(
      readFileSync(join(published, 'results', `${name}.json`), 'utf8'),
    ) as { fingerprint: string; curves: { arm: string; loss: string }[] };
    const { config } = await study(name);
    expect(fingerprint).toBe(fingerprintOf(config));
    expect(curves.map(({ arm, loss }) => [arm, loss])).toEqual(
      config.arms.flatMap(({ name: arm, losses }) => losses.map((loss) => [arm, loss])),
    );
  });

  test('has a page that shows every one of its figures or says where the numbers are', () => {
    const page = readFileSync(join(published, `${name}.md`), 'utf8');
    expect(page).toContain(`moe study ${name}`);
    const figures = readdirSync(join(published, 'results')).filter((file) => page.includes(`${file}?raw`));
    expect(figures.length).toBeGreaterThan(0);
    for (const file of figures) {
      const svg = readFileSync(join(published, 'results', file), 'utf8');
      expect(svg).toMatch(new RegExp(`^<svg[^]*>${name}: [^]*n, observations`));
      expect(svg).not.toMatch(/NaN|Infinity|undefined/);
    }
  });
});

describe('the split square', () => {
  test('is the function of the whole one', async () => {
    expectSameFunction(
      await truthOf('over-fitted', '(a.x + b)^2, split'),
      await truthOf('over-fitted', '(a.x + b)^2'),
    );
  });
});

describe('three sigmoid atoms in regime 2', () => {
  /** The truth with its first atom in two, or with a third. */
  function with3(
    truth: MixingMeasure,
    first: number[][],
    path: string,
    third?: { gate: number[]; bias: number },
  ) {
    const { 'router/kernel': kernel = [], bias = [] } = truth.gateParams;
    const [a, b] = [truth.expertParams[`${path}kernel`]!, truth.expertParams[`${path}bias`]!];
    const extra = third ?? { gate: kernel.slice(0, 2), bias: bias[0]! };
    return mixingMeasure({
      ...truth,
      experts: 3,
      gateParams: {
        'router/kernel': [...kernel.slice(0, 2), ...extra.gate, ...kernel.slice(2)],
        bias: [bias[0]!, extra.bias, bias[1]!],
      },
      expertParams: {
        [`${path}kernel`]: [...first.flatMap((atom) => atom.slice(0, 2)), ...a.slice(2)],
        [`${path}bias`]: [...first.map((atom) => atom[2]!), b[1]!],
      },
    });
  }

  test('add to two where experts are lines: any two that sum to one', async () => {
    const truth = await truthOf('sigmoid-against-softmax', 'sigmoid, linear, regime 2');
    expectSameFunction(
      with3(
        truth,
        [
          [0.3, 2.4, 0.7],
          [1.2, -1.4, -1.7],
        ],
        '',
      ),
      truth,
    );
  });

  test('add to two where experts are squares, by the angle', async () => {
    const lines = await truthOf('sigmoid-against-softmax', 'sigmoid, linear, regime 2');
    const truth = { ...lines, gate: sigmoid(), expert: polynomial({ degree: 2 }) };
    const parts = [Math.cos(0.8), Math.sin(0.8)].map((factor) => [1.5, 1, -1].map((value) => factor * value));
    expectSameFunction(with3(truth, parts, ''), truth);
  });

  test('are two where the third expert is 0, whatever its gate', async () => {
    const truth = await truthOf('sigmoid-against-softmax', 'sigmoid, gelu, regime 2');
    const zero = with3(
      truth,
      [
        [1.5, 1, -1],
        [0, 0, 0],
      ],
      'layer_1/',
      { gate: [0.4, -2], bias: 1.3 },
    );
    expectSameFunction(zero, truth);
  });
});

test('starts of a sigmoid in regime 1 are the truth, up to their spread', async () => {
  const truth = await truthOf('sigmoid-against-softmax', 'sigmoid, gelu, regime 1');
  const shape = { gate: getGate(truth.gate), expert: getExpert(truth.expert), inputDim: 2, experts: 3 };
  const seeds = Array.from({ length: 20 }, (_, seed) => nearTruth(truth, shape, 0, stream(seed, 'start')));
  // A start doubles the first atom or the second, whose gate is not constant.
  const doubled = seeds.filter(({ expertParams }) => expertParams['layer_1/kernel']![2] === 1.5);
  expect(doubled.length).toBeGreaterThan(0);
  for (const start of doubled) expectSameFunction(start, truth);
});
