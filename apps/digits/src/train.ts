/**
 * Training of both networks at once: every batch goes to one, then to the other, so that they see the same images in the
 * same order, and an early end leaves them equally far.
 */
import { dispose } from '@tensorflow/tfjs';
import { type Stream, stream } from '@tfjs-moe/core';
import type { MnistSplit } from '@tfjs-moe/datasets/mnist';
import { epochBatches, labelTensor, shiftedImageTensor } from './batches.ts';
import {
  averageSteps,
  type EpochEnd,
  type History,
  type NetworkName,
  networkNames,
  type Point,
  type Score,
  type Step,
} from './history.ts';
import { setLearningRate } from './learning-rate.ts';
import type { Network } from './model.ts';
import type { Progress } from './progress.ts';

export interface Training {
  readonly networks: Readonly<Record<NetworkName, Pick<Network, 'model' | 'optimizer'>>>;
  /** Share of the last batch's work done by each expert. */
  readonly load: () => readonly number[];
  readonly data: MnistSplit;
  readonly epochs: number;
  readonly batch: number;
  readonly seed: number;
  /** Training ends after the current batch when this is aborted. */
  readonly signal: AbortSignal;
  readonly progress: Progress;
  /** Share of right answers on the test images. */
  readonly testAccuracy: (network: NetworkName) => Promise<number>;
}

/** Points in the history of a whole training. */
const POINTS = 240;
/** Steps that the numbers of the progress bar are averaged over. */
const RECENT = 20;

export async function train(training: Training): Promise<History> {
  const { data, epochs, batch, signal, progress } = training;
  const stepsPlanned = epochs * Math.ceil(data.size / batch);
  const stretch = Math.max(1, Math.floor(stepsPlanned / POINTS));
  const seconds: Record<NetworkName, number> = { mixture: 0, dense: 0 };
  const points: Point[] = [];
  const epochEnds: EpochEnd[] = [];
  const recent: Step[] = [];
  let open: Step[] = [];
  let seen = 0;
  let steps = 0;
  let evaluating = 0;
  const began = performance.now();

  for (let epoch = 1; epoch <= epochs && !signal.aborted; epoch++) {
    const random = stream(training.seed, 'digits/shift', epoch);
    for (const rows of epochBatches(data.size, batch, training.seed, epoch)) {
      if (signal.aborted) break;
      for (const name of networkNames)
        setLearningRate(training.networks[name].optimizer, steps / stepsPlanned);
      const step = await trainStep(training, rows, random, seconds);
      steps += 1;
      seen += step.images;
      open.push(step);
      recent.push(step);
      if (recent.length > RECENT) recent.shift();
      if (open.length === stretch) {
        points.push(averageSteps(open, seen));
        open = [];
      }
      const elapsed = (performance.now() - began) / 1000 - evaluating;
      progress.step({
        epoch,
        epochs,
        step: steps,
        steps: stepsPlanned,
        recent: averageSteps(recent, seen),
        imagesPerSecond: seen / elapsed,
        secondsLeft: (elapsed * (stepsPlanned - steps)) / steps,
      });
      await eventLoopTurn();
    }
    if (signal.aborted) break;
    const start = performance.now();
    const accuracy = {
      mixture: await training.testAccuracy('mixture'),
      dense: await training.testAccuracy('dense'),
    };
    evaluating += (performance.now() - start) / 1000;
    epochEnds.push({ epoch, seen, accuracy });
    progress.epoch({ epoch, seen, accuracy });
  }

  if (open.length > 0) points.push(averageSteps(open, seen));
  progress.stop();
  return {
    points,
    epochs: epochEnds,
    seconds,
    steps,
    stepsPlanned,
    seen,
    interrupted: steps < stepsPlanned,
  };
}

async function trainStep(
  { networks, load, data }: Training,
  rows: Uint32Array,
  random: Stream,
  seconds: Record<NetworkName, number>,
): Promise<Step> {
  const images = shiftedImageTensor(data, rows, random);
  const labels = labelTensor(data, rows);
  const scores = {} as Record<NetworkName, Score>;
  for (const name of networkNames) {
    const start = performance.now();
    const [, loss = Number.NaN, accuracy = Number.NaN] = (await networks[name].model.trainOnBatch(
      images,
      labels,
    )) as number[];
    seconds[name] += (performance.now() - start) / 1000;
    scores[name] = { loss, accuracy };
  }
  dispose([images, labels]);
  return { images: rows.length, scores, load: load() };
}

/** Lets pending events in, Ctrl-C above all: the promises of a synchronous backend never do. */
function eventLoopTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
