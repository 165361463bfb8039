/** `moe fit --ridge --lasso --elastic-net`: strengths, cross-validation, and what is refused. */
import { join } from 'node:path';
import { stream } from '@tfjs-moe/core';
import { expect, test } from 'vitest';
import { fit } from '../src/commands/fit.ts';
import { predict } from '../src/commands/predict.ts';
import { summary } from '../src/commands/summary.ts';
import { captured } from './captured.ts';
import { fitJson, tableFiles } from './table-files.ts';

const { folder, file } = tableFiles();
const said = captured();

const random = stream(3, 'shrunk table');
const lines = Array.from({ length: 60 }, () => {
  const [a, b, c] = [random.normal(), random.normal(), random.normal()];
  return [2 * a + 0.5 * random.normal(), a, b, c].join(',');
});
const table = file('shrunk.csv', 'y,a,b,c', ...lines);
const words = [table, 'y ~ a + b + c | 1', '--experts', '1'];

test('a strength shrinks, is told and saved, and leaves no standard error', async () => {
  const saved = join(folder, 'shrunk.json');
  const found = await fitJson(said, ...words, '--lasso', '0.3', '--save', saved);
  expect(found).toMatchObject({ status: 0, penalty: { lambda: 0.3, alpha: 1, gate: false } });
  const { a, b, c } = found.parameters['expert 1'];
  expect([b, c]).toEqual([0, 0]);
  expect(a).toBeGreaterThan(1);
  expect(a).toBeLessThan(2);
  expect(found.standardErrors['expert 1'].a).toBeNull();
  said.output = [];
  expect(await summary.run([saved], said.terminal)).toBe(0);
  expect(said.output.join('')).toContain('Penalty: lasso, lambda = 0.3');
  said.output = [];
  expect(await predict.run([saved, table], said.terminal)).toBe(0);
  const half = await fitJson(said, ...words, '--elastic-net', '0.5:0.3');
  expect(half.penalty.alpha).toBe(0.5);
  expect((await fitJson(said, ...words, '--ridge', '0.3')).penalty.alpha).toBe(0);
});

test('min and 1se are strengths that cross-validation finds, and the path is printed', async () => {
  const found = await fitJson(said, ...words, '--lasso', '1se', '--folds', '3');
  expect(found.path.strengths).toHaveLength(20);
  expect(found.penalty.lambda).toBe(found.path['1se']);
  expect(found.path['1se']).toBeGreaterThanOrEqual(found.path.min);
  expect(Math.abs(found.parameters['expert 1'].a)).toBeGreaterThan(1);
});

test.each([
  [['--lasso', 'much'], '--lasso must be a number of at least 0, or min or 1se'],
  [['--lasso', '1', '--ridge', '1'], 'give one of --ridge, --lasso and --elastic-net'],
  [['--elastic-net', '0.5'], 'must be a part of lasso and a strength'],
  [['--folds', '3'], '--folds and --shrink-gate are for'],
  [['--lasso', '1', '--folds', '3'], '--folds is for strengths'],
  [['--lasso', '1', '--estimator', 'leastSquares'], 'least squares have no --ridge'],
])('%j is refused: %s', async (more, message) => {
  await expect(fit.run([...words, ...more], said.terminal)).rejects.toThrow(message);
});
