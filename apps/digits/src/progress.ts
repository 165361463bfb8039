/**
 * Progress of training: a bar on a terminal, a line now and then anywhere else.
 */
import { clock, count, percent } from 'app-frame';
import { SingleBar } from 'cli-progress';
import type { EpochEnd, Point } from './history.ts';

/** Where training stands. */
export interface Standing {
  readonly epoch: number;
  readonly epochs: number;
  readonly step: number;
  readonly steps: number;
  /** Averages over the latest steps. */
  readonly recent: Point;
  readonly imagesPerSecond: number;
  readonly secondsLeft: number;
}

/** Somebody who watches training. */
export interface Progress {
  step(standing: Standing): void;
  epoch(end: EpochEnd): void;
  /** Leaves the terminal as it was. */
  stop(): void;
}

/** What progress is written to: `process.stdout`, or a stand-in. */
export interface Terminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** The progress that suits a terminal. */
export function progressOn(terminal: Terminal): Progress {
  return terminal.isTTY ? progressBar(terminal) : progressLines(terminal);
}

/** Columns of a line without the bar itself. */
const TEXT_COLUMNS = 78;

function progressBar(terminal: Terminal): Progress {
  const bar = new SingleBar({
    stream: terminal as NodeJS.WritableStream,
    format: `{epoch} {bar} {share}  {scores}  {speed}`,
    barsize: Math.min(30, Math.max(6, (terminal.columns ?? 80) - TEXT_COLUMNS)),
    barCompleteChar: '█',
    barIncompleteChar: '░',
    hideCursor: true,
  });
  let started = false;
  return {
    step(standing) {
      const texts = describe(standing);
      if (!started) bar.start(standing.steps, 0, texts);
      started = true;
      bar.update(standing.step, texts);
    },
    // The numbers on the bar are those of training images; those of test images come after the last epoch.
    epoch: () => {},
    stop() {
      if (started) bar.stop();
      started = false;
    },
  };
}

/** Lines per epoch. */
const LINES = 4;

function progressLines(terminal: Terminal): Progress {
  let printed = 0;
  return {
    step(standing) {
      const line = Math.floor((standing.step * LINES * standing.epochs) / standing.steps);
      if (line === printed) return;
      printed = line;
      const { epoch, share, scores, speed } = describe(standing);
      terminal.write(`${epoch}  ${share}  ${scores}  ${speed}\n`);
    },
    epoch({ epoch, accuracy }) {
      const { mixture, dense } = accuracy;
      terminal.write(`epoch ${epoch}  test accuracy ${percent(mixture)}, dense ${percent(dense)}\n`);
    },
    stop: () => {},
  };
}

function describe(standing: Standing): Record<'epoch' | 'share' | 'scores' | 'speed', string> {
  const { mixture, dense } = standing.recent.scores;
  return {
    epoch: `epoch ${standing.epoch}/${standing.epochs}`,
    share: percent(standing.step / standing.steps, 0).padStart(5),
    scores:
      `loss ${mixture.loss.toFixed(3)} accuracy ${percent(mixture.accuracy, 1)} ` +
      `(dense ${dense.loss.toFixed(3)}, ${percent(dense.accuracy, 1)})`,
    speed: `${count(standing.imagesPerSecond)}/s ${clock(standing.secondsLeft)} left`,
  };
}
