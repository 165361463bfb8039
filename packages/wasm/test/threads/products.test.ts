import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type Attachment, attach, attachmentOn } from '../../src/attach.ts';
import type { Plan } from '../../src/threads/plan.ts';
import { groupedKernelGradient, groupedProduct } from '../../src/threads/products.ts';
import { startTeam, type Team } from '../../src/threads/team.ts';
import { useWasm } from '../backend.ts';
import { anyShape, expectSame, largeShapes, numbers, offsetsOf, type Shape } from '../groups.ts';

// More workers than this machine may have cores: results must not depend on who is late.
const WORKERS = 3;

/** A memory that workers can share, as that of the threaded build of tfjs. */
function sharedAttachment(): Attachment {
  const memory = new WebAssembly.Memory({ initial: 400, maximum: 65_536, shared: true });
  let top = 64;
  return attachmentOn({
    memory,
    allocate(bytes) {
      const address = top;
      top = Math.ceil((top + bytes) / 64) * 64;
      return address;
    },
    free() {},
  });
}

/** Fractions at which the rows of a result are cut. */
const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 12 });

function endsOf(fractions: readonly number[], rows: number): number[] {
  const ends = [...new Set([...fractions.map((fraction) => Math.floor(fraction * rows)), rows])];
  return ends.sort((a, b) => a - b);
}

describe.each(['a memory of its own', 'a shared memory'])('on %s', (kind) => {
  let attachment: Attachment;
  let team: Team;
  let blocks: number[];
  /** Pieces that workers computed. */
  let byWorkers = 0;

  /** The kernels of a main thread that gives workers time to take tasks, which it would otherwise do itself. */
  function busy(pieces: number): Attachment {
    byWorkers += pieces;
    const slowed = <T extends unknown[]>(kernel: (...args: T) => void) => {
      return (...args: T) => {
        byWorkers--;
        kernel(...args);
        for (const end = performance.now() + 0.3; performance.now() < end; );
      };
    };
    const { groupedProduct, groupedKernelGradient } = attachment.kernels;
    return {
      ...attachment,
      kernels: {
        ...attachment.kernels,
        groupedProduct: slowed(groupedProduct),
        groupedKernelGradient: slowed(groupedKernelGradient),
      },
    };
  }

  beforeAll(async () => {
    await useWasm();
    attachment = kind === 'a shared memory' ? sharedAttachment() : attach(tf.backend())!;
    team = startTeam(attachment, WORKERS)!;
    await vi.waitUntil(() => team.threads() === 1 + WORKERS, { timeout: 20_000 });
    expect(team.lender.copies).toBe(kind !== 'a shared memory');
    blocks = Array.from({ length: 4 }, () => attachment.heap.allocate(4_000_000));
  });

  afterAll(() => {
    team.stop();
    expect(byWorkers).toBeGreaterThan(100);
  });

  function put(block: number, values: Float32Array): number {
    const address = blocks[block]!;
    new Float32Array(attachment.memory.buffer, address, values.length).set(values);
    return address;
  }

  /** The result of one thread and of several. */
  function both(
    size: number,
    compute: (on: Attachment, out: number, plan: Plan | undefined) => void,
    ends: number[],
  ) {
    return [undefined, { team, ends }].map((plan) => {
      const out = put(3, new Float32Array(size).fill(Number.NaN));
      compute(plan ? busy(ends.length) : attachment, out, plan);
      return new Float32Array(attachment.memory.buffer, out, size).slice();
    }) as [Float32Array, Float32Array];
  }

  function checkProduct(
    { counts, depth, units, seed }: Shape,
    transposed: boolean,
    fractions: number[],
  ): void {
    const offsets = offsetsOf(counts);
    const rows = offsets.at(-1) as number;
    const sizes = { offsets, depth, units, transposed, relu: seed % 3 === 0 };
    const inputs = {
      x: put(0, numbers(rows * depth, seed, 'x')),
      kernels: put(1, numbers(counts.length * depth * units, seed, 'kernels')),
      bias: seed % 2 === 0 ? 0 : put(2, numbers(counts.length * units, seed, 'bias')),
    };
    const [alone, shared] = both(
      rows * units,
      (on, y, plan) => groupedProduct(on, { ...inputs, ...sizes, y }, plan),
      endsOf(fractions, rows),
    );
    expectSame(shared, alone);
  }

  function checkGradient({ counts, depth, units, seed }: Shape, fractions: number[]): void {
    const offsets = offsetsOf(counts);
    const rows = offsets.at(-1) as number;
    const x = put(0, numbers(rows * depth, seed, 'x'));
    const dy = put(1, numbers(rows * units, seed, 'dy'));
    const [alone, shared] = both(
      counts.length * depth * units,
      (on, gradient, plan) => groupedKernelGradient(on, { offsets, depth, units, x, dy, gradient }, plan),
      endsOf(fractions, counts.length * depth),
    );
    expectSame(shared, alone);
  }

  test('a product has the same bits however it is cut', () => {
    fc.assert(
      fc.property(anyShape, fc.boolean(), cuts, (shape, transposed, fractions) => {
        const positive = { ...shape, counts: [...shape.counts, 1], depth: shape.depth + 1 };
        checkProduct(positive, transposed, fractions);
      }),
      { numRuns: 400, seed: 3 },
    );
  });

  test('so has the gradient to the kernels', () => {
    fc.assert(
      fc.property(anyShape, cuts, (shape, fractions) => {
        checkGradient({ ...shape, depth: shape.depth + 1 }, fractions);
      }),
      { numRuns: 400, seed: 3 },
    );
  });

  test.each(largeShapes)('and so beyond the blocks, %o', (shape) => {
    const fractions = [0.4, 0.6, 0.61, 0.8];
    checkProduct(shape, false, fractions);
    checkProduct(shape, true, fractions);
    checkGradient(shape, fractions);
  });

  test('NaN and infinity stay where they belong', () => {
    const [rows, depth, units] = [40, 5, 10];
    const x = new Float32Array(rows * depth).fill(1);
    x[31 * depth] = Number.NaN;
    x[33 * depth] = Number.POSITIVE_INFINITY;
    const inputs = { x: put(0, x), kernels: put(1, new Float32Array(depth * units).fill(2)), bias: 0 };
    const [alone, shared] = both(
      rows * units,
      (on, y, plan) =>
        groupedProduct(on, { ...inputs, y, offsets: [0, rows], depth, units, transposed: false }, plan),
      [10, 20, 32, 40],
    );
    expectSame(shared, alone);
    expect([shared[31 * units], shared[32 * units], shared[33 * units]]).toEqual([
      Number.NaN,
      10,
      Number.POSITIVE_INFINITY,
    ]);
  });
});
