import { extname } from 'node:path';
import {
  type Bootstrap,
  type BootstrapParts,
  bootstrapParts,
  fitMaximumLikelihood,
  type MaximumLikelihoodFit,
} from '@tfjs-moe/estimators';
import { withClassNames } from '../fit/class-names.ts';
import { type FitSample, fitSample } from '../fit/fit-sample.ts';
import { likelihoodModel } from '../fit/likelihood-model.ts';
import { inOptionWords } from '../fit/option-words.ts';
import { expectReplicatesPlace, replicatesFile } from '../replicates/replicates-file.ts';
import {
  type Observed,
  type ReplicatesRun,
  type ReplicatesSource,
  runReplicates,
} from '../replicates/run-replicates.ts';
import {
  type BootstrapHeader,
  type BootstrapOutcome,
  bootstrapFile,
  bootstrapHeader,
} from './bootstrap-file.ts';
import { type BootstrapWords, bootstrapOptions } from './bootstrap-options.ts';

/** `worker.js` beside what is compiled, `worker.ts` beside the sources. */
const WORKER = new URL(`./worker${extname(import.meta.url)}`, import.meta.url);

interface Prepared {
  readonly sample: FitSample;
  readonly fit: MaximumLikelihoodFit;
  readonly parts: BootstrapParts;
}

function prepared({ model, experts, kind, seed, level }: BootstrapWords): Prepared {
  const sample = fitSample(model);
  return inOptionWords(model.who, sample.rows, () => {
    const found = fitMaximumLikelihood({ ...likelihoodModel(model, sample), experts });
    const fit = withClassNames(found, sample.classNames);
    return { sample, fit, parts: bootstrapParts(fit, sample, { kind, seed, level }) };
  });
}

/** Runs replicates of one bootstrap by their number. */
export function bootstrapRunner({ words }: ReplicatesSource): (index: number) => BootstrapOutcome {
  const { parts } = prepared(bootstrapOptions(words)!);
  return (index) => ({ index, estimates: parts.replicate(index) ?? null });
}

/** The fit, and what its replicates are kept under. */
export interface ObservedBootstrap extends Observed<BootstrapHeader> {
  readonly options: BootstrapWords;
  readonly fit: MaximumLikelihoodFit;
  readonly parts: BootstrapParts;
}

/**
 * Fits the sample.
 * @param onFit told of what is begun
 * @throws MoeError where the table or the model is wrong, or no file can be where replicates are kept
 */
export function observedBootstrap(
  options: BootstrapWords,
  onFit: (said: string) => void = () => {},
): ObservedBootstrap {
  const { model, experts, kind } = options;
  expectReplicatesPlace(model, options.out);
  onFit(`fitting ${experts} ${experts === 1 ? 'expert' : 'experts'}`);
  const { sample, fit, parts } = prepared(options);
  const header = bootstrapHeader(options, sample, fit);
  const out = replicatesFile(options.out, 'bootstrap-out', header, `${experts}-${kind}`);
  return { options, header, fit, parts, out };
}

/** A bootstrap whose replicates are run. */
export type BootstrapRun = ReplicatesRun<ObservedBootstrap, BootstrapOutcome>;

/**
 * The table of all replicates, on all cores.
 * @returns nothing if the signal ended the run before it was complete
 */
export async function runBootstrap(run: BootstrapRun): Promise<Bootstrap | undefined> {
  const outcomes = await runReplicates(run, bootstrapFile, WORKER, 'the fit');
  return (
    outcomes &&
    inOptionWords(run.observed.options.model.who, [], () =>
      run.observed.parts.table(outcomes.map(({ estimates }) => estimates ?? undefined)),
    )
  );
}
