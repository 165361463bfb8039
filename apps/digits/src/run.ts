/**
 * One run from options to files: load, train, judge, save, report, and check what was saved.
 */

import { join } from 'node:path';
import { replaceFile, type Stop } from '@tfjs-moe/command-line';
import { loadMnist, type Mnist } from '@tfjs-moe/datasets/mnist';
import { count, duration, loadModel, saveModel, useBackend, versions } from 'app-frame';
import { type Evaluation, evaluate, largestDifference, probabilities } from './evaluate.ts';
import { expertUse } from './expert-use.ts';
import { type History, type NetworkName, networkNames } from './history.ts';
import { buildNetworks, type Networks } from './model.ts';
import { type Options, WHO } from './options.ts';
import { progressOn, type Terminal } from './progress.ts';
import { reportPage } from './report/page.ts';
import type { NetworkReport, ReportData } from './report/report-data.ts';
import { shareMeaning } from './report/share-meaning.ts';
import { commandOf, settingsOf } from './settings.ts';
import { expertTable, networkTable } from './summary.ts';
import { train } from './train.ts';

const REPORT = 'report.html';

/** The saved model must predict what the one in memory does; only a different order of sums is forgiven. */
const TOLERANCE = 1e-6;

/**
 * Does what the options ask for.
 * @param stop ends training early; everything after it is done as usual
 * @returns the exit status
 */
export async function run(
  options: Options,
  terminal: Terminal,
  stop: Pick<Stop, 'signal' | 'status'>,
): Promise<number> {
  const began = performance.now();
  const say = (text: string): unknown => terminal.write(`${text}\n`);
  const backend = await useBackend(WHO, options.backend);
  const networks = buildNetworks(options);
  say(`Reading MNIST: ${count(options.samples)} images to learn from, all test images to judge by.`);
  const data = await loadMnist({ subset: { train: options.samples }, seed: options.seed });
  for (const name of networkNames) {
    const { label, activeParameters, totalParameters } = networks[name];
    say(`  ${label}: ${count(activeParameters)} active parameters of ${count(totalParameters)}`);
  }
  say(`Training both on the ${backend} backend with seed ${options.seed}; Ctrl-C keeps what was learned.`);

  const history = await train({
    networks,
    load: () => sharesOf(networks.layer.routingMetrics?.load ?? []),
    data: data.train,
    epochs: options.epochs,
    batch: options.batch,
    seed: options.seed,
    signal: stop.signal,
    progress: progressOn(terminal),
    testAccuracy: async (name) => (await judge(name, networks, data)).accuracy,
  });
  if (history.steps === 0) {
    say('Interrupted before the first step: nothing was learned, nothing is written.');
    return stop.status ?? 1;
  }

  const report = await conclude(options, backend, networks, data, history);
  const page = { path: join(options.out, REPORT), content: reportPage(report) };
  replaceFile(WHO, page, { what: 'the report' });
  say(`\n${networkTable(report)}\n`);
  say(`${shareMeaning(report)}:\n`);
  say(`${expertTable(report)}\n`);
  const same = report.reloadDifference <= TOLERANCE;
  say(`Model   ${join(options.out, 'model.json')}`);
  say(
    same
      ? `        read back from disk, it predicts the same: largest difference ${report.reloadDifference}`
      : `        READ BACK FROM DISK, IT PREDICTS DIFFERENTLY: largest difference ${report.reloadDifference}`,
  );
  say(`Report  ${join(options.out, REPORT)}`);
  const { steps, stepsPlanned, interrupted } = history;
  if (interrupted)
    say(`Interrupted after ${count(steps)} of ${count(stepsPlanned)} steps; both hold what was learned.`);
  say(`Done in ${duration((performance.now() - began) / 1000)}.`);
  if (!same) return 1;
  return interrupted ? (stop.status ?? 1) : 0;
}

/** Saves the mixture, reads it back, and gathers what the report tells. */
async function conclude(
  options: Options,
  backend: string,
  networks: Networks,
  data: Mnist,
  history: History,
): Promise<ReportData> {
  const { mixture, dense, layer, expert } = networks;
  await saveModel(WHO, mixture.model, options.out);
  const inMemory = await probabilities(mixture.model, data.test);
  const reloaded = await loadModel(options.out);
  const fromDisk = await probabilities(reloaded, data.test);
  reloaded.dispose();
  return {
    history,
    networks: {
      mixture: networkReport(mixture, evaluate(inMemory, data.test)),
      dense: networkReport(dense, await judge('dense', networks, data)),
    },
    experts: await expertUse(networks, options.experts, data.test, options.seed),
    expertsPerImage: networks.expertsPerImage,
    reloadDifference: largestDifference(inMemory, fromDisk),
    settings: settingsOf(options, layer.gate.config, expert.config),
    versions: versions(backend),
    command: commandOf(options),
  };
}

function networkReport(
  { label, activeParameters, totalParameters }: Networks['dense'],
  evaluation: Evaluation,
): NetworkReport {
  return { label, activeParameters, totalParameters, evaluation };
}

async function judge(name: NetworkName, networks: Networks, { test }: Mnist): Promise<Evaluation> {
  return evaluate(await probabilities(networks[name].model, test), test);
}

/** Loads count every expert of an image; shares sum to 1. */
function sharesOf(load: readonly number[]): number[] {
  const total = load.reduce((sum, value) => sum + value, 0);
  return load.map((value) => (total === 0 ? 0 : value / total));
}
