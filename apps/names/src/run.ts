import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { replaceFile, type Stop } from '@tfjs-moe/command-line';
import { duration, loadModel, saveModel, textTable, useBackend, versions } from 'app-frame';
import { contest } from './contest.ts';
import { type Corpus, corpusOf, heldOutRows } from './corpus.ts';
import { languages } from './languages.ts';
import { activeParameters, buildModel, type NetworkName, type Sizes } from './model.ts';
import { commandOf, type Options, WHO } from './options.ts';
import { progressOn } from './progress.ts';
import { recordOf } from './record.ts';
import { reportPage } from './report/page.ts';
import { routingOf } from './routing.ts';
import { samplesOf } from './samples.ts';
import { informationHead, informationRows, networkHead, networkRows } from './summary.ts';
import { tensorsOf } from './train.ts';
import { verdict } from './verdict.ts';
import { wordsOf } from './words.ts';

const LENGTH = 32;
const BLOCKS = 2;

/** The saved model must predict what the one in memory does; only a different order of sums is forgiven. */
const TOLERANCE = 1e-5;

/**
 * Does what the options ask for: reads names, trains, reports, saves and reads back.
 * @param stop ends training early; everything after it is done as usual
 * @returns the exit status
 */
export async function run(
  options: Options,
  terminal: { readonly isTTY?: boolean; write(text: string): unknown },
  stop: Pick<Stop, 'signal' | 'status'>,
): Promise<number> {
  const began = performance.now();
  const say = (text: string) => terminal.write(`${text}\n`);
  const backend = await useBackend(WHO, 'wasm');
  const corpus = corpusOf(languages.slice(0, options.languages), wordsOf);
  const { features, experts, judged } = options;
  const sizes = {
    characters: corpus.characters.length,
    features,
    blocks: BLOCKS,
    experts,
    hidden: 2 * features,
  };
  say(
    `${count(corpus.training)} words of ${corpus.languages.length} languages to learn from, ${count(corpus.heldOut)} to judge by, ${sizes.characters} characters.`,
  );
  const parameters = { mixture: parametersOf('mixture', sizes), dense: parametersOf('dense', sizes) };

  const progress = progressOn(terminal);
  const { steps, batch, seeds, ratio } = options;
  const { signal } = stop;
  const report = progress.report;
  const settings = { corpus, sizes, steps, batch, length: LENGTH, judged, seeds, ratio, signal };
  const result = await contest({ ...settings, progress: report });
  progress.stop();
  if (result.shown === undefined) {
    say('Interrupted before the first step: nothing was learned, nothing is written.');
    return stop.status ?? 1;
  }

  const { model } = result.shown;
  const where = { judged, length: LENGTH };
  const routed = await routingOf(model, corpus, where);
  const samples = await samplesOf(model, corpus, { length: LENGTH, seed: 1, words: options.samples });
  await saveModel(WHO, model, options.out);
  const difference = await reloadDifference(model, corpus, options.out);
  const networks = networkRows(result, parameters);
  const command = commandOf(options, result.ratio);
  const record = recordOf(corpus, result.finished, { ...where, command, day: new Date() });
  const names = { path: join(options.out, 'names.json'), content: `${JSON.stringify(record)}\n` };
  replaceFile(WHO, names, { what: 'the record' });
  const page = reportPage({
    corpus,
    contest: result,
    networks,
    routed,
    samples,
    sizes: where,
    interrupted: signal.aborted,
    settings: [
      ['networks', `${BLOCKS} blocks of ${features} features, 4 heads, context ${LENGTH}`],
      ['mixtures', `top-2 of ${experts}, ${sizes.hidden} hidden units each, switch loss 0.01`],
      ['dense', `${2 * sizes.hidden} hidden units`],
      ['training', `${steps} steps of ${batch} rows, AdamW, clip 1`],
      ['seeds', String(seeds)],
    ],
    versions: versions(backend),
    command,
  });
  const path = join(options.out, 'report.html');
  replaceFile(WHO, { path, content: page }, { what: 'the report' });

  if (networks.length > 0) say(`\n${textTable([networkHead, ...networks])}`);
  for (const sentence of verdict(result)) say(sentence);
  say(
    `\nWhat the choice of experts says of a character:\n${textTable([informationHead(routed), ...informationRows(routed)])}`,
  );
  say(`\n${textTable(samples.map((words, i) => [corpus.languages[i]!.name, words.join(', ')]))}\n`);
  const same = difference <= TOLERANCE;
  say(`Model   ${join(options.out, 'model.json')}`);
  say(
    `        read back from disk, it predicts ${same ? 'the same' : 'DIFFERENTLY'}: largest difference ${difference}`,
  );
  say(`Report  ${path}`);
  say(`Done in ${duration((performance.now() - began) / 1000)}.`);
  model.dispose();
  if (!same) return 1;
  return signal.aborted ? (stop.status ?? 1) : 0;
}

function parametersOf(network: NetworkName, sizes: Sizes): { active: number; all: number } {
  const model = buildModel(network, sizes, 1);
  const all = model.countParams();
  const active = activeParameters(network, model, sizes);
  model.dispose();
  return { active, all };
}

async function reloadDifference(model: tf.LayersModel, corpus: Corpus, folder: string): Promise<number> {
  const loaded = await loadModel(folder);
  const difference = tf.tidy(() => {
    const [x] = tensorsOf(heldOutRows(corpus, 1, LENGTH), LENGTH);
    const [a, b] = [model, loaded].map((each) => each.predictOnBatch(x) as tf.Tensor);
    return tf.max(tf.abs(tf.sub(a!, b!))).dataSync()[0]!;
  });
  loaded.dispose();
  return difference;
}

function count(words: Corpus['training']): number {
  return words.reduce((sum, of) => sum + of.length, 0);
}
