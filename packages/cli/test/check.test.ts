import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { check } from '../src/commands/check.ts';
import { fit } from '../src/commands/fit.ts';
import { captured } from './captured.ts';
import { moe } from './run-from-source.ts';

const folder = mkdtempSync(join(tmpdir(), 'moe-check-'));
afterAll(() => rmSync(folder, { recursive: true }));

const said = captured();

async function run(line: string): Promise<number> {
  return check.run(line.split(' '), said.terminal);
}

describe('the card of a gate with an expert', () => {
  test('--json is one object, whatever the verdict', async () => {
    expect(await run('--gate temperature --router mlp --expert ffn:gelu --inputs 2 --experts 3 --json')).toBe(
      0,
    );
    expect(said.output).toHaveLength(1);
    const card = JSON.parse(said.output[0]!);
    expect(card).toMatchObject({
      standing: 'identifiable',
      firstOrder: { verdict: 'independent' },
      secondOrder: { verdict: 'independent' },
      literal: { verdict: 'dependent', definition: 'algebraic independence' },
      rates: { gate: 'dense-to-sparse, general router', expert: 'smooth' },
      advice: [],
      judged: { inputDim: 2, experts: 3, reduced: [] },
    });
    expect(card.literal.relations[0]).toMatchObject({
      text: expect.stringContaining(' = '),
      latex: expect.stringContaining(' = '),
      kind: 'same-order duplicate',
    });
    expect(said.progress.join('')).toContain('verdicts for 2 inputs and 3 experts');
  });

  test('as text: what is to blame and what mends it', async () => {
    expect(await run('--gate temperature --expert ffn:gelu --experts 2')).toBe(0);
    const [text] = said.output;
    expect(text).toContain('learned temperature gate over a linear router with gelu(a.x + b) experts');
    expect(text).toContain('every atom: temperature scale: d_tau F = -(beta_1 ');
    expect(text).toContain("router: mlpRouter({ hiddenUnits: [], outputActivation: 'tanh' })");
    expect(text).toMatch(/exact atoms +slower than any polynomial +proved in the paper/);
  });

  test('--exact asks about exactly fitted atoms alone', async () => {
    expect(await run('--expert linear --exact --json')).toBe(0);
    expect(JSON.parse(said.output[0]!)).toMatchObject({ standing: 'identifiable', advice: [] });
  });

  test('--regime asks about one regime of a sigmoid gate', async () => {
    expect(await run('--gate sigmoid --expert linear --inputs 1 --experts 2 --regime 2')).toBe(0);
    expect(said.output[0]).toContain('weak (sigmoid, regime 2)');
    expect(said.output[0]).not.toContain('Regime 1');
    await expect(run('--gate softmax --expert linear --regime 2')).rejects.toThrow('plain sigmoid gates');
  });

  test('--model asks about the density of a fit by maximum likelihood', async () => {
    expect(await run('--expert linear --inputs 1 --experts 2 --model gaussian')).toBe(0);
    const [text] = said.output;
    expect(text).toContain('law of the response: gaussian with a variance of each expert');
    expect(text).toContain('over-fitted atoms more slowly than n^(-1/4), by an equation of second order.');
    expect(text).toContain('d_b d_b psi1 = 2 d_expert/variance[0] psi1');
    expect(text).toMatch(
      /over-fitted atoms +n\^\(-1\/8\) +proved in the paper +Nguyen.*2305\.03288, loss D2/,
    );
    expect(text).toContain("variances: 'common'");
    expect(text).not.toContain('literal set');
    expect(
      await run('--expert linear --inputs 1 --experts 2 --model gaussian --variances common --json'),
    ).toBe(0);
    expect(JSON.parse(said.output.at(-1)!)).toMatchObject({
      model: 'gaussian with one variance for all',
      standing: 'identifiable',
      rates: { rates: [{ quantity: 'density', status: 'not covered' }, {}, {}, {}] },
    });
    await expect(run('--expert linear --classes 3')).rejects.toThrow('--classes is of a law: give --model');
    await expect(run('--expert linear --model normal')).rejects.toThrow('--model');
  });

  test('--support and --data say where the inputs are', async () => {
    const words = [
      '--expert',
      'linear',
      '--inputs',
      '1',
      '--experts',
      '2',
      '--exact',
      '--budget',
      '0.3',
      '--json',
    ];
    const cardOf = async (...more: string[]) => {
      expect(await check.run([...words, ...more], said.terminal)).toBe(0);
      return JSON.parse(said.output.at(-1)!);
    };
    const notes = async (...more: string[]) => (await cardOf(...more)).firstOrder.notes.join();
    expect(await notes('--support', 'x1 in [-10, 10]')).toContain('judged on x1 in [-10, 10]');
    const table = join(folder, 'inputs.csv');
    writeFileSync(table, `a\n${Array.from({ length: 40 }, (_, i) => i / 4 - 5).join('\n')}\n`);
    expect(await notes('--data', table)).toContain('judged on the 40 rows of the table');
    const refused = (...more: string[]) => expect(check.run([...words, ...more], said.terminal)).rejects;
    await refused('--support', 'x1 in [1, 0]').toThrow('--support must say intervals like "x1 in [-1, 1]');
    await refused('--support', 'x2 in [0, 1]').toThrow('support.box must have an interval');
    await refused('--support', 'x1 in [0, 1]', '--data', table).toThrow('not both');
  });

  test('--model asks about a law of each expert, of as many as are named', async () => {
    expect(await run('--expert linear --inputs 1 --model poisson,negativeBinomial --json')).toBe(0);
    expect(JSON.parse(said.output.at(-1)!)).toMatchObject({
      model: expect.stringContaining('poisson, negativeBinomial, expert after expert'),
      standing: 'identifiable',
      judged: { experts: 2 },
    });
  });

  test('--fit asks about the density that was fitted, and says how well its data determine it', async () => {
    const rows = Array.from({ length: 60 }, (_, i) => {
      const x = Math.sin(i) * 3;
      const line = x + 2 * Math.sin(13 * i * i) > 0 ? 1 + x : 2 - x / 2;
      return `${x},${line + 0.3 * Math.cos(7 * i)}`;
    });
    const table = join(folder, 'fitted.csv');
    writeFileSync(table, `x,y\n${rows.join('\n')}\n`);
    const saved = join(folder, 'saved.json');
    const words = [
      table,
      'y ~ x',
      '--experts',
      '2',
      '--variances',
      'common',
      '--starts',
      '2',
      '--save',
      saved,
    ];
    await fit.run(words, said.terminal);
    const of = ['--fit', saved, '--budget', '1'];
    expect(await check.run([...of, '--data', table, '--json'], said.terminal)).toBe(0);
    const card = JSON.parse(said.output.at(-1)!);
    expect(card).toMatchObject({
      model: 'gaussian with one variance for all',
      judged: { inputDim: 1, experts: 2 },
      standing: 'identifiable',
    });
    expect(card.firstOrder.notes.join()).toContain('judged on the 60 rows of the table');
    expect(card.practice.numbers.length).toBeGreaterThan(6);
    expect(await check.run(of, said.terminal)).toBe(0);
    expect(said.output.at(-1)).toMatch(/This fit, with its data: (weakly |not )?determined/);
    expect(said.output.at(-1)).toContain('condition index of the information per observation');
    await expect(check.run([...of, '--expert', 'linear'], said.terminal)).rejects.toThrow(
      '--fit brings everything itself: leave out --expert',
    );
  });

  test('--fit asks about the model that was fitted, with what held between its coefficients', async () => {
    const rows = Array.from({ length: 60 }, (_, i) => {
      const x = Math.sin(i) * 3;
      return `${x},${(i % 3 > 0 ? 1 + x : 1 - x / 2) + 0.3 * Math.cos(7 * i)}`;
    });
    const table = join(folder, 'held.csv');
    writeFileSync(table, `x,y\n${rows.join('\n')}\n`);
    const saved = join(folder, 'held.json');
    const fitted = (...held: string[]) =>
      fit.run([table, 'y ~ x', '--experts', '2', '--starts', '1', ...held, '--save', saved], said.terminal);
    const checked = async () => {
      await check.run(['--fit', saved, '--budget', '0.3', '--json'], said.terminal);
      return JSON.parse(said.output.at(-1)!);
    };
    await fitted('--equal', '(Intercept); sigma', '--absent', 'gate: x', '--fix', 'expert 2: x = 1');
    const card = await checked();
    expect(card.model).toBe('gaussian with one variance for all');
    expect(card.subject.restriction).toEqual([
      expect.stringMatching(
        /^known, and no parameters: gate\/router\/kernel\[0\]#0 = 0, gate\/router\/kernel\[0\]#1 = 0, expert\/kernel\[0,0\]#1 = 1$/,
      ),
      'one for all experts: expert/bias',
    ]);
    expect(card.firstOrder.verdict).toBe('independent');
    expect(card.practice.verdict).toBe('determined');
    // A gate, a slope, an intercept and a deviation.
    expect(card.practice.numbers).toHaveLength(4);
    await fitted('--fix', 'expert 1: x = 2 * expert 2: x');
    await expect(checked()).rejects.toThrow('an equation that says more than that numbers are equal');
    await fitted('--fix', 'expert 1: x = expert 2: x');
    const { restriction } = (await checked()).subject;
    expect(restriction).toEqual(['tied, and one parameter: expert/kernel[0,0]#0 = expert/kernel[0,0]#1']);
  });

  test('--fit --json says of data that do not determine a fit that their condition is infinite', async () => {
    const table = join(folder, 'flat.csv');
    const rows = Array.from({ length: 40 }, (_, i) => `${i % 9},${Math.cos(7 * i) + i}`);
    writeFileSync(table, `x,y\n${rows.join('\n')}\n`);
    const saved = join(folder, 'flat.json');
    await fit.run([table, 'y ~ x', '--experts', '1', '--starts', '1', '--save', saved], said.terminal);
    writeFileSync(
      saved,
      readFileSync(saved, 'utf8').replace('"status": "estimated"', '"status": "not identified"'),
    );
    const words = ['--fit', saved, '--budget', '0.05', '--json'];
    expect(await check.run(words, said.terminal)).toBe(0);
    const { practice } = JSON.parse(said.output.at(-1)!);
    expect(practice).toMatchObject({ verdict: 'not determined', conditionIndex: 'Infinity' });
    expect(said.output.at(-1)).not.toContain('null,');
  });

  test('as Markdown with formulas', async () => {
    expect(await run('--expert linear --inputs 1 --experts 2 --markdown')).toBe(0);
    expect(said.output[0]).toContain('# Softmax gate over a linear router with linear experts a.x + b');
    expect(said.output[0]).toContain('$\\partial_{\\beta_{1}}\\,\\partial_{b}\\,F = \\partial_{a_{1}}\\,F$');
  });

  test('--layer reads the config of a layer, judged at a reduced size', async () => {
    const file = join(folder, 'layer.json');
    const expert = { kind: 'ffn', hiddenUnits: 256, activation: 'gelu' };
    writeFileSync(file, JSON.stringify({ experts: 8, gate: { kind: 'softmax' }, expert, units: 10 }));
    expect(await run(`--layer ${file} --json`)).toBe(0);
    const card = JSON.parse(said.output[0]!);
    expect(card).toMatchObject({
      subject: { experts: 8, inputDim: null },
      standing: 'identifiable if fitted exactly',
    });
    expect(card.judged.reduced).toContain('hidden units: 1 instead of 256');
  });

  test('--help', async () => {
    expect(await run('--help')).toBe(0);
    expect(said.output[0]).toContain('--gate GATE');
    expect(said.output[0]).toContain('polynomial[:DEGREE]');
  });
});

test.each([
  ['--gate softmax', 'needs an --expert'],
  ['--gate nope --expert linear', '--gate must be one of dselectK, '],
  ['--expert ffn:swish', '--expert: ffn takes'],
  ['--expert linear --inputs 0', '--inputs must be an integer between 1 and 4096. Received: 0'],
  ['--expert linear --experts two', '--experts must be an integer'],
  ['--gate hierarchical:2 --expert linear --experts 3', 'groups must divide'],
  ['--expert linear --budget -1', '--budget'],
  ['--expert linear --time-limit 0', '--time-limit'],
  ['--expert linear --regime 3', '--regime must be an integer between 1 and 2'],
  ['--expert linear --json --markdown', 'not both'],
  ['--expert linear --frobnicate', 'unknown option --frobnicate'],
  ['--layer nowhere.json', '--layer must be a file that can be read: there is no such file (ENOENT)'],
  ['--expert linear --seed 0x10', '--seed must be an integer'],
  ['--expert linear --budget', '--budget needs a value'],
  ['--expert linear stray', 'takes options only'],
  ['--layer nowhere.json --experts 2', 'leave out --experts'],
])('bad input is refused: %s', async (line, message) => {
  await expect(run(line)).rejects.toThrow(message);
});

describe('as a program', () => {
  const start = (line: string) =>
    spawnSync(process.execPath, moe(...line.split(' ')), {
      encoding: 'utf8',
      cwd: folder,
    });

  test('--json prints one object to standard said.output, progress to standard error, and the status is 0', () => {
    const { status, stdout, stderr } = start('check --gate temperature --expert linear --experts 2 --json');
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ firstOrder: { verdict: 'dependent' } });
    expect(stderr).toContain('verdicts for 2 inputs and 2 experts');
  });

  test('bad input: status 2, one line on standard error, nothing on standard output', () => {
    const { status, stdout, stderr } = start('check --expert nope');
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^\[tfjs-moe\] moe: --expert must be one of [^\n]*\n$/);
  });
});
