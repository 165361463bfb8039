import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type BalanceLedger, balanceLedger } from '../../src/balance/ledger.ts';
import '../backends.ts';

const said = vi.spyOn(console, 'warn').mockImplementation(() => {});
beforeEach(() => tf.setBackend('cpu'));
afterEach(() => said.mockClear());

const ledgerOf = (matters = true) =>
  balanceLedger(
    () => 'moe',
    () => matters,
  );

/** A training call inside a model, which tidies. */
function call(ledger: BalanceLedger, value: number | tf.Scalar): void {
  tf.tidy(() => {
    ledger.record(tf.tidy(() => tf.keep(typeof value === 'number' ? tf.scalar(value) : tf.mul(value, 1))));
  });
}

/** A question as a model puts it: once for each of its nodes, in a scope. */
function ask(ledger: BalanceLedger, nodes = 1): number[] {
  return tf.tidy(() => Array.from({ length: nodes }, () => ledger.take())).map((loss) => numberOf(loss));
}

const numberOf = (loss: tf.Scalar) => loss.dataSync()[0]!;
/** Runs a step whose loss is `f`, and returns its gradient. */
const gradient = (f: (x: tf.Scalar) => tf.Scalar, at = 1) =>
  tf.tidy(() => numberOf(tf.grad(f as (x: tf.Tensor) => tf.Tensor)(tf.scalar(at)) as tf.Scalar));

test.each([1, 2, 3])('called twice, counted twice, whether the question reaches %i nodes', (nodes) => {
  tf.tidy(() => {
    const ledger = ledgerOf();
    call(ledger, 3);
    call(ledger, 4);
    expect(ask(ledger, nodes)).toEqual([7, 0, 0].slice(0, nodes));
  });
});

test('a question that is put again in the same step has the same answer', () => {
  tf.tidy(() => {
    const ledger = ledgerOf();
    tf.tidy(() => {
      call(ledger, 3);
      call(ledger, 4);
    });
    expect([ask(ledger, 2), ask(ledger, 2)]).toEqual([
      [7, 0],
      [7, 0],
    ]);
    // Whoever asks the layer itself opens no scope, and whoever asks twice may stand in one of his own.
    expect([ledger.take(), ledger.take()].map(numberOf)).toEqual([7, 7]);
    call(ledger, 5);
    expect(tf.tidy(() => [ask(ledger), ask(ledger)])).toEqual([[5], [5]]);
  });
});

test('of several models that called, the first that asks gets the sum, and the others nothing twice', () => {
  tf.tidy(() => {
    const ledger = ledgerOf();
    call(ledger, 3);
    call(ledger, 4);
    expect([ask(ledger), ask(ledger)]).toEqual([[7], [0]]);
    expect([ask(ledger), ask(ledger)]).toEqual([[7], [0]]);
  });
  tf.tidy(() => {
    const ledger = ledgerOf();
    tf.tidy(() => {
      call(ledger, 3);
      call(ledger, 4);
      expect([ask(ledger), ask(ledger)]).toEqual([[7], [0]]);
    });
  });
});

test('a call after a question begins anew, as for batches that accumulate in one step', () => {
  tf.tidy(() => {
    const ledger = ledgerOf();
    for (const value of [3, 4, 5]) {
      call(ledger, value);
      expect(ask(ledger)).toEqual([value]);
    }
  });
});

test('is zero when there is nothing to hand out: in evaluation, and after the step', () => {
  const ledger = ledgerOf();
  expect(ask(ledger)).toEqual([0]);
  tf.tidy(() => call(ledger, 3));
  expect(ask(ledger)).toEqual([0]);
  tf.tidy(() => {
    expect(ask(ledger)).toEqual([0]);
    call(ledger, 4);
    expect(ask(ledger)).toEqual([4]);
  });
});

test('nobody could ask outside of every scope', () => {
  const ledger = ledgerOf();
  expect(ledger.wanted()).toBe(false);
  expect(tf.tidy(() => ledger.wanted())).toBe(true);
});

test('the gradient flows through what scopes have disposed of', () => {
  const ledger = ledgerOf();
  const slope = gradient((x) => {
    call(ledger, tf.square(x) as tf.Scalar);
    call(ledger, tf.mul(x, 5) as tf.Scalar);
    return tf.tidy(() => tf.add(ledger.take(), ledger.take()) as tf.Scalar);
  }, 3);
  expect(slope).toBe(2 * 3 + 5);
});

test('a second derivative may ask after the first gradient has ended', () => {
  const ledger = ledgerOf();
  const slope = gradient((x) => {
    const inner = tf.grad((z) => {
      call(ledger, tf.mul(z, tf.square(z)) as tf.Scalar);
      return ledger.take();
    })(x);
    return tf.add(inner, ledger.take()) as tf.Scalar;
  }, 2);
  // 3 x² differentiated, and x³ itself.
  expect(slope).toBe(6 * 2 + 3 * 4);
});

test.each(['nobody asks', 'somebody asks', 'an error cuts the step off', 'an error cuts the gradient off'])(
  'nothing stays in memory when %s',
  (end) => {
    const ledger = ledgerOf();
    const { numTensors } = tf.memory();
    for (let step = 0; step < 3; step++) {
      const run = (loss: number | tf.Scalar): tf.Scalar => {
        call(ledger, loss);
        call(ledger, loss);
        if (end.includes('error')) throw new Error('cut off');
        return end === 'nobody asks' ? tf.scalar(1) : ledger.take();
      };
      const recorded = () => gradient((x) => tf.mul(x, run(tf.square(x) as tf.Scalar)) as tf.Scalar);
      const work = end.includes('gradient') ? recorded : () => tf.tidy(() => void run(1));
      if (end.includes('error')) expect(work).toThrow('cut off');
      else work();
      // tfjs itself forgets what it saved for a gradient that is cut off.
      for (const { saved } of tf.engine().state.activeTape ?? []) tf.dispose(saved);
      expect(tf.memory().numTensors).toBe(numTensors);
    }
  },
);

const untaken = expect.stringMatching(
  /^\[tfjs-moe\] moe: a training pass had a balance loss that nobody took/,
);

test('a training pass whose loss nobody takes is named, once', async () => {
  const ledger = ledgerOf();
  const forgetful = (x: tf.Scalar) => {
    call(ledger, tf.square(x) as tf.Scalar);
    return tf.square(x) as tf.Scalar;
  };
  gradient(forgetful);
  gradient(forgetful);
  expect(said.mock.calls).toEqual([[untaken]]);
  await Promise.resolve();
  gradient(forgetful);
  await Promise.resolve();
  expect(said).toHaveBeenCalledTimes(1);
});

test('so is the only one of a program', async () => {
  const ledger = ledgerOf();
  gradient((x) => {
    call(ledger, tf.square(x) as tf.Scalar);
    return tf.square(x) as tf.Scalar;
  });
  await Promise.resolve();
  expect(said.mock.calls).toEqual([[untaken]]);
});

test('so is the last of several batches in one step', async () => {
  const ledger = ledgerOf();
  gradient((x) => {
    call(ledger, tf.square(x) as tf.Scalar);
    const first = ledger.take();
    call(ledger, tf.square(x) as tf.Scalar);
    return tf.add(first, tf.square(x)) as tf.Scalar;
  });
  await Promise.resolve();
  expect(said.mock.calls).toEqual([[untaken]]);
});

test('no warning where the loss is taken, no gradient recorded, the step cut off, or the weight 0', async () => {
  const ledger = ledgerOf();
  gradient((x) => {
    call(ledger, tf.square(x) as tf.Scalar);
    return tf.add(tf.square(x), ledger.take()) as tf.Scalar;
  });
  ledger.evaluated();
  tf.tidy(() => call(ledger, 3));
  const cutOff = () =>
    gradient((x) => {
      call(ledger, tf.square(x) as tf.Scalar);
      throw new Error('cut off');
    });
  expect(cutOff).toThrow('cut off');
  expect(cutOff).toThrow('cut off');
  await Promise.resolve();
  const idle = ledgerOf(false);
  gradient((x) => {
    call(idle, tf.square(x) as tf.Scalar);
    return tf.square(x) as tf.Scalar;
  });
  await Promise.resolve();
  expect(said).not.toHaveBeenCalled();
});

test('who asks in a step that calls the layer in evaluation mode is told', () => {
  const ledger = ledgerOf();
  const step = () =>
    gradient((x) => {
      ledger.evaluated();
      return tf.add(tf.square(x), ledger.take()) as tf.Scalar;
    });
  step();
  step();
  expect(said.mock.calls).toEqual([
    [
      expect.stringMatching(
        /^\[tfjs-moe\] moe: was asked for its balance loss, but had been called in evaluation/,
      ),
    ],
  ]);
  said.mockClear();
  const other = ledgerOf();
  other.evaluated();
  gradient((x) => tf.add(tf.square(x), other.take()) as tf.Scalar);
  expect(said).not.toHaveBeenCalled();
});
