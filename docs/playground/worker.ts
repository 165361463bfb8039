/** Owns TensorFlow.js and the run: the page only draws. */
import type { Order, Report } from './messages.ts';
import { pictureOf } from './picture.ts';
import { problemOf } from './problem.ts';
import type { Settings } from './settings.ts';
import { type Trainer, trainer } from './train.ts';

/** Milliseconds of training after which orders are read. */
const SLICE = 8;

interface Run {
  readonly number: number;
  readonly training: Trainer;
  readonly range: readonly [number, number];
  until: number;
  pace: number;
  isBusy: boolean;
  errors: number[];
  loads: (readonly number[])[];
  reported: number;
  /** Milliseconds that a picture takes. */
  cost: number;
}

let run: Run | undefined;

addEventListener('message', ({ data: order }: MessageEvent<Order>) => {
  void obey(order).catch((error: unknown) => {
    const problem = error instanceof Error ? error.message : String(error);
    send({ type: 'failed', run: order.run, problem });
  });
});

async function obey(order: Order): Promise<void> {
  if (order.type === 'start') {
    run?.training.dispose();
    run = begun(order.run, order.settings);
    report(run);
  }
  if (run?.number !== order.run) return;
  if (order.type === 'pause') run.until = run.training.made;
  if (order.type === 'until') {
    run.until = order.step;
    run.pace = order.pace;
    if (!run.isBusy) await train(run);
  }
}

function begun(number: number, settings: Settings): Run {
  const { range } = problemOf(settings);
  const training = trainer(settings);
  const empty = { until: 0, pace: 33, isBusy: false, errors: [], loads: [], reported: 0, cost: 0 };
  return { number, training, range, ...empty };
}

async function train(mine: Run): Promise<void> {
  mine.isBusy = true;
  try {
    let since = performance.now();
    while (mine === run && mine.training.made < mine.until) {
      const { error, load } = await mine.training.step();
      if (!Number.isFinite(error)) {
        const problem = `The error is no number any more after step ${mine.training.made}. Choose a smaller rate.`;
        send({ type: 'failed', run: mine.number, problem });
        return;
      }
      mine.errors.push(error);
      mine.loads.push(load);
      const now = performance.now();
      if (now - since < SLICE) continue;
      // Pictures may take a quarter of the time.
      if (now - mine.reported > Math.max(mine.pace, 4 * mine.cost)) report(mine);
      await nextTask();
      since = performance.now();
    }
    if (mine === run) report(mine);
  } finally {
    mine.isBusy = false;
  }
}

function report(mine: Run): void {
  const began = performance.now();
  const picture = pictureOf(mine.training.mixture(), mine.range);
  mine.cost = performance.now() - began;
  const { errors, loads, number, training } = mine;
  send({ type: 'state', run: number, made: training.made, errors, loads, picture });
  mine.errors = [];
  mine.loads = [];
  mine.reported = performance.now();
}

function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve);
  });
}

function send(message: Report): void {
  postMessage(message);
}
