/** The playground: addresses, what they replay to, and the programs that readers take along. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { pathsOf, SIDE } from '../playground/cells.ts';
import { fragmentOf, parseFragment, pointsOf } from '../playground/fragment.ts';
import { pictureOf } from '../playground/picture.ts';
import { presets } from '../playground/presets.ts';
import { problemOf } from '../playground/problem.ts';
import { moduleOf, pageOf } from '../playground/program.ts';
import {
  balances,
  datasets,
  defaults,
  expertKinds,
  gates,
  optimizers,
  ranges,
  routers,
  type Settings,
  settled,
  starts,
} from '../playground/settings.ts';
import { trainer } from '../playground/train.ts';
import { docs } from './pages.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const within = (key: keyof typeof ranges) =>
  ranges[key].integer
    ? fc.integer({ min: ranges[key].min, max: ranges[key].max })
    : fc.double({ min: ranges[key].min, max: ranges[key].max, noNaN: true }).map((value) => value + 0);

const coordinate = fc.integer({ min: -9999, max: 9999 }).map((value) => value / 1000 + 0);

const anySettings: fc.Arbitrary<Settings> = fc
  .record({
    data: fc.constantFrom(...datasets),
    noise: within('noise'),
    points: within('points'),
    gate: fc.constantFrom(...gates),
    k: within('k'),
    tau: within('tau'),
    router: fc.constantFrom(...routers),
    experts: within('experts'),
    expert: fc.constantFrom(...expertKinds),
    width: within('width'),
    balance: fc.constantFrom(...balances),
    weight: within('weight'),
    optimizer: fc.constantFrom(...optimizers),
    rate: within('rate'),
    seed: within('seed'),
    start: fc.constantFrom(...starts),
    steps: within('steps'),
    own: fc.array(fc.tuple(coordinate, coordinate, coordinate), { minLength: 4, maxLength: 20 }),
  })
  .map((settings) => settled(settings).settings);

/** What an address need not say: settings that others switch off. */
function said(settings: Settings): Settings {
  const { gate, expert, balance, data } = settings;
  return {
    ...settings,
    k: gate === 'topK' || gate === 'noisyTopK' ? settings.k : defaults.k,
    width: expert === 'ffn' ? settings.width : defaults.width,
    weight: balance === 'none' ? defaults.weight : settings.weight,
    own: data === 'own' ? settings.own : [],
  };
}

describe('an address', () => {
  test('leads back to the settings it was made from, without a note', () => {
    fc.assert(
      fc.property(anySettings, (settings) => {
        const parsed = parseFragment(`#${fragmentOf(settings)}`);
        expect(parsed.notes).toEqual([]);
        expect(said(parsed.settings)).toEqual(said(settings));
      }),
    );
  });

  test('says only what is not as usual, in words of the command', () => {
    expect(fragmentOf(defaults)).toBe('v1');
    expect(
      fragmentOf({ ...defaults, gate: 'topK', k: 1, experts: 4, expert: 'ffn', width: 4, steps: 600 }),
    ).toBe('v1&gate=topK:1&experts=4&expert=ffn:tanh:4&steps=600');
  });

  const names = fc.constantFrom(
    ...'v1 data noise n gate tau router experts expert balance opt seed start steps own __proto__ x'.split(
      ' ',
    ),
  );
  const values = fc.oneof(
    fc.string(),
    fc.constantFrom(
      ...[
        '',
        'NaN',
        'Infinity',
        '-1',
        '1e999',
        '0x10',
        'topK:',
        'topK:NaN',
        'topK:99',
        ':',
        '::',
        '%',
        '%zz',
      ],
      ...[
        'hierarchical:3',
        'ffn:gelu:1e9',
        'switch:NaN',
        'adam:-1',
        '1,2;3',
        '1,2,3;4,5,6;NaN,1,2',
        'own',
        ',',
      ],
    ),
    fc.double().map(String),
  );
  const broken = fc.oneof(
    fc.string(),
    fc
      .array(
        fc.tuple(names, values).map(([name, value]) => `${name}=${value}`),
        { maxLength: 12 },
      )
      .map((parts) => parts.join('&')),
  );

  test('that is broken gives settings that can be built: nothing blank, nothing NaN', () => {
    fc.assert(
      fc.property(broken, (fragment) => {
        const { settings, notes } = parseFragment(fragment);
        for (const [key, range] of Object.entries(ranges)) {
          const value = settings[key as keyof typeof ranges];
          expect(value >= range.min && value <= range.max, `${key} ${value}`).toBe(true);
        }
        expect(notes.every((note) => note.length > 0 && note.length < 200)).toBe(true);
        expect(settled(settings).notes).toEqual([]);
        const { x, y, range } = problemOf({ ...settings, points: ranges.points.min });
        expect(x.length).toBe(y.length);
        expect(x.length).toBeGreaterThanOrEqual(4);
        expect([...x.flat(), ...y, ...range].every(Number.isFinite)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  test('never hides what it could not read', () => {
    expect(parseFragment('#v1&gate=topk&colour=blue&experts=40&noise').notes).toEqual([
      expect.stringContaining('gate "topk" is none of'),
      '"colour" is not a setting.',
      'experts goes from 1 to 12, whole: 12.',
      '"noise" says nothing: write name=value.',
    ]);
  });
});

test('pasted rows that are no points are left out, and said', () => {
  const { points, notes } = pointsOf([['0', '1'], ['x', '2'], ['1', '2', '3'], ['2', '5'], [''], ['1', '']]);
  expect(points).toEqual([
    [0, 1],
    [2, 5],
  ]);
  expect(notes).toEqual(['3 of 5 rows are not two or three numbers between -1000 and 1000.']);
});

describe('every combination can be built', () => {
  const combinations = gates.flatMap((gate, g) =>
    [balances[g % 5]!, balances[(g + 2) % 5]!].map((balance, i) => ({
      ...defaults,
      ...{ gate, balance, router: routers[(g + i) % 4]!, expert: expertKinds[(g + 2 * i) % 4]! },
      ...{ experts: 4, points: 20, tau: i % 2 === 0 ? 1 : 0.5, start: starts[i % 2]! },
    })),
  );
  test.each(combinations.map((each) => [fragmentOf(each), each] as const))('%s', async (_, wanted) => {
    const training = trainer(settled(wanted).settings);
    try {
      const { error, load } = await training.step();
      expect(Number.isFinite(error)).toBe(true);
      expect(load).toHaveLength(4);
      const { owner, prediction, outputs } = pictureOf(training.mixture(), [-1, 1]);
      expect(owner.every((e) => e >= 0 && e < 4)).toBe(true);
      expect(prediction).toHaveLength(SIDE * SIDE);
      expect([...prediction, ...outputs.flat()].every(Number.isFinite)).toBe(true);
    } finally {
      training.dispose();
    }
  });
});

describe('the exported program', () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  test.each(presets)('of $name prints the numbers that the playground shows', async ({ name, settings }) => {
    const steps = 4;
    const folder = join(docs, '.vitepress/cache/programs');
    mkdirSync(folder, { recursive: true });
    const file = join(folder, `${name}.mjs`);
    writeFileSync(file, moduleOf(settings, steps));
    const printed: string[] = [];
    vi.spyOn(console, 'log').mockImplementation((line: string) => void printed.push(line));
    await import(/* @vite-ignore */ file);

    const training = trainer(settings);
    let last = await training.step();
    while (training.made < steps) last = await training.step();
    training.dispose();
    expect(printed).toEqual([`mean squared error ${last.error}`, `load of the experts ${last.load}`]);
  });

  test('as a page has the same program', () => {
    const page = pageOf(defaults, 5);
    const [, program = ''] = /const say = [^\n]*\n(.*)<\/script>/s.exec(page) ?? [];
    expect(program.replaceAll('say(', 'console.log(').replaceAll('<\\/', '</')).toBe(moduleOf(defaults, 5));
  });
});

describe('presets', () => {
  test('have names and reasons of their own, and can be built as they are', () => {
    expect(new Set(presets.map(({ name }) => name)).size).toBe(presets.length);
    for (const { why, settings } of presets) {
      expect(settled(settings).notes).toEqual([]);
      expect(why.match(/[.!?](?= |$)/g)?.length).toBeGreaterThanOrEqual(2);
    }
  });

  test('named after a collapse start with half of the experts unasked', async () => {
    const training = trainer(presets.find(({ name }) => name === 'collapse')!.settings);
    const { load } = await training.step();
    training.dispose();
    expect(load.slice(4)).toEqual([0, 0, 0, 0]);
  });

  test('training holds no more tensors after many steps than after one', async () => {
    const training = trainer({ ...defaults, points: 40 });
    await training.step();
    const { numTensors } = tf.memory();
    for (let i = 0; i < 5; i++) await training.step();
    expect(tf.memory().numTensors).toBe(numTensors);
    training.dispose();
  });
});

test('runs of cells become one path for each class', () => {
  expect([...pathsOf([0, 0, 1, 1], 2)]).toEqual([
    [0, 'M0 0h2v1.03h-2z'],
    [1, 'M0 1h2v1.03h-2z'],
  ]);
});
