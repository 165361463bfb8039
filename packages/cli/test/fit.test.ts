import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { penguins } from '@tfjs-moe/datasets/penguins';
import { JSDOM } from 'jsdom';
import { describe, expect, test } from 'vitest';
import { fit } from '../src/commands/fit.ts';
import { simulate } from '../src/commands/simulate.ts';
import { captured } from './captured.ts';
import { moe } from './run-from-source.ts';
import { fitJson, tableFiles } from './table-files.ts';

const fixtures = resolve(import.meta.dirname, '../../estimators/test/fixtures/softmax-gaussian-moe');
const reference = JSON.parse(readFileSync(join(fixtures, 'maximum-likelihood.json'), 'utf8'));
const tableA = join(fixtures, 'A_d1k2_n1000.csv');

const { folder, file } = tableFiles();

const said = captured();

const json = (...words: string[]) => fitJson(said, ...words);

/** 60 rows of two noisy lines; the noise is a fixed pattern. */
const rows = Array.from({ length: 60 }, (_, i) => {
  const x = i / 20 - 1.5;
  const noise = 0.3 * Math.sin(12.9898 * i) + 0.2 * Math.cos(78.233 * i);
  return { x, y: (i % 2 === 0 ? 2 * x + 1 : 3 - x) + noise };
});
const small = file('small.csv', 'x,y', ...rows.map(({ x, y }) => `${x},${y}`));
const exact = file('exact.csv', 'x,y', ...rows.map(({ x }) => `${x},${2 * x + 1}`));

describe('the reference fits', () => {
  test.each([
    ['A_d1k2_n1000', 2],
    ['B_d1k3_n1000', 3],
  ])('%s', async (name, experts) => {
    const expected = reference[name];
    const table = join(fixtures, `${name}.csv`);
    const words = ['--response', 'y', '--inputs', 'x1', '--experts', `${experts}`, '--starts', '4'];
    const found = await json(table, ...words);
    expect(found).toMatchObject({
      status: 0,
      converged: true,
      n: 1000,
      response: 'y',
      inputs: ['x1'],
      experts,
    });
    expect(Math.abs(found.logLikelihood - expected.loglik)).toBeLessThan(1e-6 * Math.sqrt(1000));
    expect(found.gradientNorm).toBeLessThan(1e-8);
    expect(found.iterations).toBeGreaterThan(0);
    const p = found.degreesOfFreedom;
    expect(p).toBe(5 * experts - 2);
    expect(found.aic).toBeCloseTo(2 * p - 2 * found.logLikelihood, 8);
    expect(found.bic).toBeCloseTo(p * Math.log(1000) - 2 * found.logLikelihood, 8);
    expect(found.icl).toBeGreaterThan(found.bic);

    // Experts come in another order: each is matched by its intercept, and every one of them once.
    const order = expected.experts.map(([intercept]: number[]) => {
      const distances = Array.from({ length: experts }, (_, e) =>
        Math.abs(found.parameters[`expert ${e + 1}`]['(Intercept)'] - intercept!),
      );
      return distances.indexOf(Math.min(...distances)) + 1;
    });
    expect([...order].sort()).toEqual(Array.from({ length: experts }, (_, e) => e + 1));
    const close = (group: string, key: string, value: number, error: number) => {
      expect(found.parameters[group][key] / value).toBeCloseTo(1, 5);
      expect(found.standardErrors[group][key] / error).toBeCloseTo(1, 3);
    };
    order.forEach((own: number, j: number) => {
      close(`expert ${own}`, '(Intercept)', expected.experts[j][0], expected.se_experts[j][0]);
      close(`expert ${own}`, 'x1', expected.experts[j][1], expected.se_experts[j][1]);
      close(`expert ${own}`, 'sigma', expected.sigma[j], expected.se_sigma[j]);
    });
    // The reference gate is that of another expert: differences are the same.
    const gate = (e: number, key: string) => found.parameters[`gate ${e}`][key];
    const last = order.at(-1);
    expected.gate.forEach(([intercept, slope]: number[], j: number) => {
      expect((gate(order[j], '(Intercept)') - gate(last, '(Intercept)')) / intercept!).toBeCloseTo(1, 5);
      expect((gate(order[j], 'x1') - gate(last, 'x1')) / slope!).toBeCloseTo(1, 5);
    });
  });
});

describe('words', () => {
  const two = ['--response', 'y', '--starts', '2'];

  test('the text is what summary prints, progress goes to standard error', async () => {
    expect(await fit.run([small, ...two], said.terminal)).toBe(0);
    expect(said.output).toHaveLength(1);
    expect(said.output[0]).toContain('Mixture of 2 linear experts, softmax gate, own variances');
    expect(said.output[0]).toMatch(/Estimate +Std\. Error +z value +Pr\(>\|z\|\)/);
    expect(said.output[0]).toMatch(/'log Lik\.' .* \(df=8\)/);
    expect(said.progress.join('')).toContain('start 1 of 2');
  });

  test('--select takes the number of experts by the criterion', async () => {
    const found = await json(small, ...two, '--select', '1..3');
    expect(found.selection).toMatchObject({ criterion: 'bic', best: 2 });
    const { candidates } = found.selection;
    expect(candidates.map(({ experts }: { experts: number }) => experts)).toEqual([1, 2, 3]);
    expect(found.bic).toBe(candidates[1].bic);
    expect(found.bic).toBeLessThan(candidates[0].bic);
    said.output = [];
    expect(await fit.run([small, ...two, '--select', '1..2', '--criterion', 'aic'], said.terminal)).toBe(0);
    expect(said.output[0]).toMatch(/^experts +log Lik\. +df +AIC +BIC +ICL\n/);
    expect(said.output[0]).toContain('<- smallest AIC');
  });

  test('how many starts reached the best value is printed and in the object', async () => {
    const found = await json(small, ...two);
    expect(found.starts).toEqual({ tried: 2, reached: expect.any(Number) });
    expect(found.starts.reached).toBeGreaterThan(0);
    said.output = [];
    await fit.run([small, ...two], said.terminal);
    expect(said.output[0]).toContain(`Starts: ${found.starts.reached} of 2 reached this value`);
  });

  test('--reference takes another gate as 0', async () => {
    const [last, first] = [await json(small, ...two), await json(small, ...two, '--reference', '1')];
    expect(first.parameters['gate 1'].x).toBe(0);
    expect(first.parameters['gate 2'].x).toBeCloseTo(-last.parameters['gate 1'].x, 10);
    expect(first.standardErrors['gate 2'].x).toBeCloseTo(last.standardErrors['gate 1'].x, 8);
    expect(first.logLikelihood).toBe(last.logLikelihood);
  });

  test('--test prints Wald tests, and why there is none', async () => {
    const written = 'expert: x = 0; expert 1: x = expert 2: x & expert 2: x = 0; x9 = 0';
    const { status, tests } = await json(small, ...two, '--test', written);
    expect(status).toBe(0);
    expect(tests.map((each: { degreesOfFreedom?: number }) => each.degreesOfFreedom ?? 0)).toEqual([2, 2, 0]);
    expect(tests[0].statistic).toBeCloseTo(tests[1].statistic, 6);
    expect(tests[2].refused).toMatch(/^--test: written must name numbers of the tables/);
    said.output = [];
    await fit.run([small, ...two, '--test', written], said.terminal);
    expect(said.output[0]).toMatch(/Wald tests\n\nexpert: x = 0\n {2}expert 1: x = 0 {2}left less right/);
    expect(said.output[0]).toContain(`W = ${tests[0].statistic.toPrecision(6)} on 2, p < 2.2e-16`);
  });

  test('a warning names options of the command line', async () => {
    const table = [exact, '--response', 'y', '--experts', '1'];
    const [{ reason, text }] = (await json(...table)).warnings;
    expect(reason).toBe('vanishing variance');
    expect(text).toContain('--variances common');
    expect(text).toContain('--min-variance');
    expect(text).not.toMatch(/minVariance|variances:/);
  });

  test('--weights counts a row as often as it says', async () => {
    const weight = (i: number) => [1, 2, 3][i % 3]!;
    const weighted = file('weighted.csv', 'x,w,y', ...rows.map(({ x, y }, i) => `${x},${weight(i)},${y}`));
    const repeated = file(
      'repeated.csv',
      'x,y',
      ...rows.flatMap(({ x, y }, i) => Array.from({ length: weight(i) }, () => `${x},${y}`)),
    );
    const one = await json(weighted, ...two, '--weights', 'w');
    const other = await json(repeated, ...two);
    expect(one.inputs).toEqual(['x']);
    expect([one.n, other.n]).toEqual([60, 120]);
    expect(one.logLikelihood).toBeCloseTo(other.logLikelihood, 8);
    expect(one.bic).toBeCloseTo(other.bic, 8);
    expect(one.standardErrors['expert 1'].x).toBeCloseTo(other.standardErrors['expert 1'].x, 8);
  });

  test('--missing drop leaves rows out', async () => {
    const holes = file('holes.csv', 'x,y', 'NA,1', ...rows.map(({ x, y }) => `${x},${y}`), '0.5,');
    const found = await json(holes, ...two, '--missing', 'drop');
    const whole = await json(small, ...two);
    expect(found.n).toBe(60);
    expect(found.logLikelihood).toBeCloseTo(whole.logLikelihood, 10);
  });

  test('--decimal reads what write.csv2 writes', async () => {
    const local = (value: number) => `${value}`.replace('.', ',');
    const commas = file('commas.csv', 'x;y', ...rows.map(({ x, y }) => `${local(x)};${local(y)}`));
    const found = await json(commas, ...two, '--decimal', ',');
    expect(found.logLikelihood).toBe((await json(small, ...two)).logLikelihood);
  });

  test('--factors makes indicators, --inputs takes names with commas', async () => {
    const lines = rows.map(({ x, y }, i) => `${x},${'abc'[i % 3]},${y + (i % 3)}`);
    const table = file('factor.csv', '"x, in m",site,y', ...lines);
    const words = [...two, '--experts', '1', '--factors', 'site'];
    const found = await json(table, ...words, '--inputs', '"x, in m",site');
    expect(found.inputs).toEqual(['x, in m', 'siteb', 'sitec']);
    expect(found.parameters).toEqual((await json(table, ...words)).parameters);
    // A shift of the response by 0, 1 and 2 is all that was added.
    const plain = file(
      'indicators.csv',
      'x,b,c,y',
      ...rows.map(({ x, y }, i) => `${x},${+(i % 3 === 1)},${+(i % 3 === 2)},${y}`),
    );
    const { 'expert 1': shifted } = found.parameters;
    const { 'expert 1': own } = (await json(plain, ...two, '--experts', '1')).parameters;
    expect(shifted.siteb - own.b).toBeCloseTo(1, 8);
    expect(shifted.sitec - own.c).toBeCloseTo(2, 8);
  });

  test('--family multinomial calls classes by their names', async () => {
    const column = (name: string) => penguins.columns.find((each) => each.name === name)!.values;
    const lines = column('species').map((species, i) => `${species},${column('bodyMass')[i] || 'NA'}`);
    const table = file('penguins.csv', 'species,mass', ...lines);
    const words = ['--response', 'species', '--family', 'multinomial', '--experts', '1', '--missing', 'drop'];
    const found = await json(table, ...words);
    expect(found).toMatchObject({ status: 0, n: 342, classes: ['Adelie', 'Chinstrap', 'Gentoo'] });
    const { 'expert 1': parameters } = found.parameters;
    expect(Object.keys(parameters)).toContain('Adelie: (Intercept)');
    // The score equations of logistic regression: predicted classes are as frequent as observed ones.
    const masses = column('bodyMass').flatMap((mass, i) =>
      Number.isFinite(mass) ? [{ mass: mass as number, species: column('species')[i] }] : [],
    );
    const odds = (name: string, mass: number) =>
      Math.exp(parameters[`${name}: (Intercept)`] + parameters[`${name}: mass`] * mass);
    const expected = masses.reduce((sum, { mass }) => {
      const all = found.classes.reduce((total: number, name: string) => total + odds(name, mass), 0);
      return sum + odds('Adelie', mass) / all;
    }, 0);
    expect(expected).toBeCloseTo(masses.filter(({ species }) => species === 'Adelie').length, 5);
  });

  test('--save writes what moe simulate draws from', async () => {
    const [saved, drawn] = [join(folder, 'measure.json'), join(folder, 'drawn.csv')];
    const found = await json(tableA, ...two, '--inputs', 'x1', '--save', saved);
    const { report, ...rest } = JSON.parse(readFileSync(saved, 'utf8'));
    expect(report).toMatchObject({ logLikelihood: found.logLikelihood, inputNames: ['x1'] });
    expect(rest).toEqual({
      ...found.measure,
      response: 'y',
      terms: found.terms,
      fit: {
        estimator: 'maximum likelihood',
        converged: true,
        logLikelihood: found.logLikelihood,
        degreesOfFreedom: found.degreesOfFreedom,
        aic: found.aic,
        bic: found.bic,
        icl: found.icl,
        n: found.n,
        totalWeight: found.n,
        sample: expect.stringMatching(/^[0-9a-f]{16}$/),
      },
    });
    const draw = {
      measure: found.measure,
      inputs: { kind: 'uniform', min: 0, max: 1 },
      noise: { kind: 'experts' },
    };
    const truth = file('truth.json', JSON.stringify(draw));
    expect(await simulate.run([truth, '--n', '2000', '--seed', '3', '--out', drawn], said.terminal)).toBe(0);
    const again = await json(drawn, ...two);
    expect(again.converged).toBe(true);
    for (const group of ['expert 1', 'expert 2']) {
      const reach = 6 * again.standardErrors[group].x1;
      expect(Math.abs(again.parameters[group].x1 - found.parameters[group].x1)).toBeLessThan(reach);
    }
  });

  test('least squares', async () => {
    const found = await json(small, ...two, '--estimator', 'leastSquares');
    expect(found).toMatchObject({ status: 0, estimator: 'leastSquares', converged: true, n: 60 });
    expect(found.sigma ** 2 * 60).toBeCloseTo(found.residualSumOfSquares, 8);
  });
});

describe('--plot', () => {
  async function page(...words: string[]): Promise<Document> {
    const path = join(folder, 'page.html');
    await fit.run([...words, '--plot', path], said.terminal);
    return new JSDOM(readFileSync(path, 'utf8')).window.document;
  }

  test('is one page that asks the network for nothing', async () => {
    const document = await page(small, '--response', 'y', '--starts', '2', '--select', '1..2');
    const policy = document.querySelector('meta[http-equiv]')?.getAttribute('content');
    expect(policy).toBe("default-src 'none'; style-src 'unsafe-inline'");
    expect(document.querySelectorAll('script, link, img, iframe, [src]')).toHaveLength(0);
    const pictures = [...document.querySelectorAll('figure svg')];
    expect(pictures).toHaveLength(7);
    for (const picture of pictures) {
      expect(picture.getAttribute('role')).toBe('img');
      expect(picture.outerHTML).not.toMatch(/NaN|undefined|Infinity/);
    }
    expect(document.querySelector('pre')?.textContent).toBe(said.output[0]);
    expect(document.querySelector('[role=alert]')).toBeNull();
  });

  test('says that a fit did not converge', async () => {
    const document = await page(exact, '--response', 'y', '--experts', '1');
    expect(document.querySelector('[role=alert]')?.textContent).toContain('did not converge');
  });
});

describe('bad input is refused', () => {
  const text = file('text.csv', 'x,word,y', '1,a,2', '2,b,3', '3,c,5');
  const commas = file('comma.csv', 'x;y', '1;2,5', '2;3', '3;4');
  const latin = join(folder, 'latin.csv');
  writeFileSync(latin, Buffer.from('größe,y\n1,2\n', 'latin1'));
  const two = ['--response', 'y', '--starts', '2'];
  const missing = file('missing.csv', 'x,y', '1,2', '2,NA', '3,4');
  test.each([
    ['the table must be a file that can be read', ['nowhere.csv', '--response', 'y']],
    ['z', [small, '--response', 'z']],
    ['--response must name the column', [small]],
    ['row 1 of column "word" must be a number; --factors "word" makes', [text, '--response', 'y']],
    ['--family multinomial explains classes. Received: "a"', [text, '--response', 'word']],
    ['--decimal , reads decimal commas. Received: "2,5"', [commas, '--response', 'y']],
    ['row 2 of column "y" is missing; --missing drop leaves', [missing, '--response', 'y']],
    ['the table must be text in UTF-8', [latin, '--response', 'y']],
    [
      '--plot must be a file that can be written: its folder is not there',
      [small, ...two, '--plot', join(folder, 'no', 'page.html')],
    ],
    ['--save must be a file that can be written: it is a folder', [small, ...two, '--save', folder]],
    ['must be a class: a text or a whole number', [small, ...two, '--family', 'multinomial']],
    ['--gate must be one of', [small, '--response', 'y', '--gate', 'nope']],
    ['--experts must be an integer', [small, '--response', 'y', '--experts', '0']],
    ['experts must be at most 20: each of them needs 3 rows', [small, ...two, '--experts', '21']],
    ['--reference must be one of the 2 experts', [small, ...two, '--reference', '3']],
    ['--min-variance must be', [small, ...two, '--min-variance', '0']],
    ['--select must be a range', [small, '--response', 'y', '--select', '3..1']],
    ['not both', [small, '--response', 'y', '--select', '1..2', '--experts', '2']],
    ['unknown option --frobnicate', [small, '--response', 'y', '--frobnicate']],
    ['give one table', [small, small, '--response', 'y']],
  ])('%s', async (message, words) => {
    await expect(fit.run(words, said.terminal)).rejects.toThrow(message);
    expect(said.output).toEqual([]);
  });
});

describe('in a process of its own', () => {
  async function run(...words: string[]): Promise<{ status: number; out: string; said: string }> {
    try {
      const { stdout, stderr } = await promisify(execFile)(process.execPath, moe('fit', ...words));
      return { status: 0, out: stdout, said: stderr };
    } catch (error) {
      const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
      return { status: code, out: stdout, said: stderr };
    }
  }

  test('the exit status is 0 when converged, 1 when not, 2 for bad input', async () => {
    const [good, unbounded, bad] = await Promise.all([
      run(small, '--response', 'y', '--starts', '1', '--json'),
      // All rows on one line: the likelihood has no maximum.
      run(exact, '--response', 'y', '--experts', '1', '--json'),
      run(small, '--response', 'nope'),
    ]);
    expect(good).toMatchObject({ status: 0, said: expect.stringContaining('start 1 of 1') });
    expect(JSON.parse(good.out)).toMatchObject({ converged: true });
    expect(unbounded).toMatchObject({ status: 1 });
    expect(JSON.parse(unbounded.out)).toMatchObject({ converged: false, ending: 'vanishing variance' });
    expect(bad).toMatchObject({ status: 2, out: '', said: expect.stringContaining('nope') });
    expect(bad.said.trim().split('\n')).toHaveLength(1);
  }, 120_000);
});
