import * as workerThreads from 'node:worker_threads';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, expect, test, vi } from 'vitest';
import { type Attachment, attach } from '../../src/attach.ts';
import { groupedProduct } from '../../src/threads/products.ts';
import { startTeam, type Team } from '../../src/threads/team.ts';
import { useWasm } from '../backend.ts';
import { numbers } from '../groups.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

/** Workers whose source is changed. */
function changeWorkers(change: (source: string) => string): void {
  class Changed extends workerThreads.Worker {
    constructor(source: string, options: workerThreads.WorkerOptions) {
      super(change(source), options);
    }
  }
  const real = process.getBuiltinModule;
  vi.spyOn(process, 'getBuiltinModule').mockImplementation(((name: string) =>
    name === 'node:worker_threads' ? { ...workerThreads, Worker: Changed } : real(name)) as typeof real);
}

const [rows, depth, units] = [40, 50, 60];

/** The product with a plan that gives everything to workers, until one of them has taken a task. */
async function product(team: Team | undefined): Promise<Float32Array> {
  const attachment = attach(tf.backend())!;
  const { heap, memory } = attachment;
  const [x, kernels] = [numbers(rows * depth, 1, 'x'), numbers(depth * units, 1, 'kernels')].map((values) => {
    const address = heap.allocate(values.byteLength);
    new Float32Array(memory.buffer, address, values.length).set(values);
    return address;
  }) as [number, number];
  const y = heap.allocate(4 * rows * units);
  // While the main thread is at its share, which is repeated until then.
  const slow: Attachment = {
    ...attachment,
    kernels: {
      ...attachment.kernels,
      groupedProduct(...args) {
        const until = performance.now() + 40;
        do attachment.kernels.groupedProduct(...args);
        while (team !== undefined && performance.now() < until);
      },
    },
  };
  const sizes = { offsets: [0, rows], depth, units, transposed: false };
  groupedProduct(slow, { x, kernels, bias: 0, y, ...sizes }, team && { team, ends: [8, 16, 24, 40] });
  const values = new Float32Array(memory.buffer, y, rows * units).slice();
  for (const address of [x, kernels, y]) heap.free(address);
  return values;
}

async function started(patienceMs: number): Promise<Team> {
  await useWasm();
  const team = startTeam(attach(tf.backend())!, 2, patienceMs)!;
  await vi.waitUntil(() => team.threads() === 3, { timeout: 20_000 });
  return team;
}

const CALL = 'kernel(...board';

test.each([
  { what: 'fails', call: `throw 0; ${CALL}`, warnings: ['a worker could not do its task'] },
  { what: 'hangs', call: `Atomics.wait(board, 2, 0); ${CALL}`, warnings: ['a worker does not answer'] },
  { what: 'ends in the middle', call: `process.exit(3); ${CALL}`, warnings: [] },
])(
  'the main thread does the work of a worker that $what, with one warning for each reason',
  async ({ call, warnings }) => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    await useWasm();
    const expected = await product(undefined);
    changeWorkers((source) => source.replace(CALL, call));
    const team = await started(300);
    expect(await product(team)).toEqual(expected);
    expect(team.broken()).toBe(true);
    expect(team.threads()).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const said = warn.mock.calls.flat().filter((text) => String(text).includes('one thread'));
    expect(said).toEqual(warnings.map((reason) => expect.stringContaining(reason)));
  },
);

test('a worker that ends is noticed', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  changeWorkers((source) =>
    source.replace('for (;;)', 'setTimeout(() => process.exit(1), 20); for (; false; )'),
  );
  await useWasm();
  const team = startTeam(attach(tf.backend())!, 2)!;
  await vi.waitUntil(() => team.broken(), { timeout: 20_000 });
  expect(warn.mock.calls.flat().join()).toContain('a worker ended');
});

test('workers that cannot start leave one thread', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  await useWasm();
  const attachment = attach(tf.backend())!;
  changeWorkers(() => 'throw new Error("no")');
  const team = startTeam(attachment, 2)!;
  await vi.waitUntil(() => team.broken(), { timeout: 20_000 });
  expect(warn.mock.calls.flat().join()).toContain('no');

  changeWorkers(() => {
    throw new Error('workers are forbidden');
  });
  expect(startTeam(attachment, 2)).toBeUndefined();
  expect(warn.mock.calls.flat().join()).toContain('workers are forbidden');
});
