/** Choices that are given to calls: whose they are, for how long, and what is left when it ends. */
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { drawnRows } from '@tfjs-moe/core/testing';
import { linear } from '@tfjs-moe/experts';
import { softmax, topK } from '@tfjs-moe/gates';
import { beforeAll, expect, test } from 'vitest';
import { mixtureOfExperts, multiGateMixtureOfExperts } from '../src/index.ts';
import { recordRouting, replayTrace } from '../src/trace/index.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const layer = (name: string, gate = topK({ k: 1 })) => {
  const made = mixtureOfExperts({ experts: 3, gate, expert: linear(), units: 1, seed: 1, name });
  made.build([null, 2]);
  return made;
};
const x = () => tf.tensor2d(drawnRows(4, 2, 1));
const only = (expert: number) => [
  tf.tensor2d(
    Array.from({ length: 12 }, (_, i) => Number(i % 3 === expert)),
    [4, 3],
  ),
];
const chosenBy = (of: ReturnType<typeof layer>) =>
  Array.from(tf.argMax(of.route(x()).selected_TE, 1).dataSync());
const all = (expert: number) => [expert, expert, expert, expert];

test('the innermost are taken, each by its own layer, and none afterwards', () => {
  const [a, b] = [layer('a'), layer('b')];
  const before = [chosenBy(a), chosenBy(b)];
  a.replaying(only(0), () => {
    expect([chosenBy(a), chosenBy(b)]).toEqual([all(0), before[1]]);
    b.replaying(only(1), () => {
      expect([chosenBy(a), chosenBy(b)]).toEqual([all(0), all(1)]);
      a.replaying(only(2), () => expect(chosenBy(a)).toEqual(all(2)));
      expect(chosenBy(a)).toEqual(all(0));
    });
  });
  expect([chosenBy(a), chosenBy(b)]).toEqual(before);
});

test('an error inside leaves nothing behind', () => {
  const a = layer('a');
  const before = chosenBy(a);
  expect(() =>
    a.replaying(only(0), () => {
      throw new Error('cut off');
    }),
  ).toThrow('cut off');
  expect(chosenBy(a)).toEqual(before);
});

test('what goes on after an await is refused, for it would choose for itself', () => {
  expect(() => layer('a').replaying(only(0), async () => 1)).toThrow(
    '[tfjs-moe] replaying: run must be synchronous, and not return a promise.',
  );
  expect(() => layer('b', softmax()).replaying(only(0), () => 1)).toThrow(
    'the gate "softmax" cannot replay choices',
  );
});

test('a layer with several gates is recorded and replayed as a layer for each', async () => {
  const tasks = multiGateMixtureOfExperts({
    tasks: ['clicks', 'sales'],
    experts: 3,
    gate: topK({ k: 1 }),
    expert: linear(),
    units: 1,
    seed: 1,
    name: 'both',
  });
  tasks.build([null, 2]);
  const trace = await recordRouting(tasks as never, x());
  expect(trace.map((call) => call.layer)).toEqual(['both/clicks', 'both/sales']);
  const { clicks, sales } = tasks.route(x());
  for (const [i, plan] of [clicks!, sales!].entries()) {
    expect(trace[i]!.choices.flatMap((row) => row ?? [])).toEqual(
      Array.from(tf.argMax(plan.selected_TE, 1).dataSync()),
    );
  }
  const exchanged = trace.map((call, i) => ({ ...call, choices: trace[1 - i]!.choices }));
  const expected = tasks.replaying({ clicks: sales!.choices_TE, sales: clicks!.choices_TE }, () =>
    tasks.apply(x()),
  );
  const replayed = replayTrace(tasks as never, exchanged, x()) as tf.Tensor[];
  replayed.forEach((y, i) => {
    expect(Array.from(y.dataSync())).toEqual(Array.from(expected[i]!.dataSync()));
  });
});
