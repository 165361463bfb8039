/** `moe fit --equal --fix --absent`: coefficients that hold, and what is said where they cannot. */
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { fit } from '../src/commands/fit.ts';
import { predict } from '../src/commands/predict.ts';
import { captured } from './captured.ts';
import { fitJson, tableFiles } from './table-files.ts';

const { folder } = tableFiles();
const said = captured();

const table = fileURLToPath(
  new URL('../../../packages/estimators/test/fixtures/families/poisson_k2_n600.csv', import.meta.url),
);
const words = [table, 'y ~ x + offset(offset) | z', '--family', 'poisson'];

test('coefficients are shared, fixed and absent, by the names of the tables', async () => {
  const found = await fitJson(
    said,
    ...words,
    ...['--equal', 'x', '--fix', 'expert 1: (Intercept) = 0.25', '--absent', 'gate: z', '--starts', '3'],
  );
  const { parameters, standardErrors, degreesOfFreedom, structure } = found;
  expect(degreesOfFreedom).toBe(3);
  expect(parameters['expert 1'].x).toBe(parameters['expert 2'].x);
  expect(parameters['expert 1']['(Intercept)']).toBe(0.25);
  expect(standardErrors['expert 1']['(Intercept)']).toBeNull();
  expect(parameters['gate 1'].z).toBe(0);
  expect(structure).toEqual({
    equal: ['x'],
    fixed: ['expert 1: (Intercept) = 0.25'],
    absent: ['gate: z'],
  });
});

test('a fit with a structure is saved and predicts', async () => {
  const saved = `${folder}/structured.json`;
  expect(await fit.run([...words, '--equal', 'x', '--starts', '1', '--save', saved], said.terminal)).toBe(0);
  expect(await predict.run([saved, table], said.terminal)).toBe(0);
});

test.each([
  [['--equal', 'age'], '--equal must name a number of the experts, one of x, (Intercept). Received: "age".'],
  [['--fix', 'expert 1: x'], '--fix must have equations'],
  [['--absent', 'age'], '--absent must name numbers of the tables'],
  [['--fix', 'expert 1: x = gate 1: z'], '--equal, --fix, --absent: an equation must be of experts'],
  [['--equal', ';'], '--equal must name a coefficient'],
  [['--equal', 'x', '--estimator', 'leastSquares', '--family', 'gaussian'], 'least squares have no --equal'],
])('%j is refused in the words of the command', async (more, text) => {
  await expect(fit.run([...words, ...more], said.terminal)).rejects.toThrow(text);
});
