/**
 * Studies as files: JSON, or a TypeScript or JavaScript module that exports `study`, or the study by default.
 */
import { createHash } from 'node:crypto';
import { extname } from 'node:path';
import { expectInteger, expectKnownOptions, expectOneOf, getExpert, getGate, MoeError } from '@tfjs-moe/core';
import { design, type Inputs, type Noise } from '@tfjs-moe/datasets';
import { type MixingMeasure, measureToJSON, mixingMeasure } from '@tfjs-moe/measures';
import '@tfjs-moe/experts/register';
import '@tfjs-moe/gates/register';
import { readText } from '@tfjs-moe/command-line';
import { createJiti } from 'jiti';
import { expectLoss } from './losses.ts';
import type { Arm, Study } from './study.ts';

const WHO = 'moe study';

/** Where a study comes from: what a worker thread needs to load it, too. */
export interface StudySource {
  /** Absolute path. */
  readonly path: string;
  readonly quick: boolean;
}

export interface LoadedStudy {
  /** With `quick` applied. */
  readonly study: Study;
  /** Everything that decides the results, as JSON. */
  readonly config: Study;
}

const studyOptions = ['name', 'title', 'about', 'sizes', 'replicates', 'seed', 'quick', 'arms'];
const armOptions = [
  'name',
  'panel',
  'design',
  'truth',
  'truths',
  'inputs',
  'noise',
  'fit',
  'losses',
  'claims',
];
const fitOptions = [
  'estimator',
  'experts',
  'gate',
  'expert',
  'from',
  'starts',
  'spread',
  'bound',
  'maxIterations',
];

export async function loadStudy({ path, quick }: StudySource): Promise<LoadedStudy> {
  const { quick: change, ...written } = expectStudy(await read(path), path);
  const study = quick ? { ...written, ...change } : written;
  const config = { ...study, arms: study.arms.map(configOf) };
  return { study, config: JSON.parse(JSON.stringify(config)) as Study };
}

/**
 * A short hash of everything that decides the results; texts that only explain do not count, nor does the
 * version of the format in which a measure is written.
 */
export function fingerprintOf({ name, sizes, replicates, seed, arms }: Study): string {
  const decisive = {
    name,
    sizes,
    replicates,
    seed,
    arms: arms.map(({ claims: _, panel: __, ...arm }) => ({
      ...arm,
      ...(arm.truth && { truth: withoutVersion(arm.truth) }),
      ...(arm.truths && { truths: arm.truths.map(withoutVersion) }),
    })),
  };
  return createHash('sha256').update(JSON.stringify(decisive)).digest('hex').slice(0, 16);
}

function withoutVersion(truth: object): object {
  const { version: _, ...measure } = truth as { readonly version?: number };
  return measure;
}

/** What an arm's samples are drawn from. */
export interface Source {
  readonly measure: MixingMeasure;
  readonly inputs: Inputs;
  readonly noise: Noise;
}

/** What an arm's samples are drawn from, checked: a source for each of its truths. */
export function sourcesOf(arm: Arm): Source[] {
  const who = `${WHO}: arm "${arm.name}"`;
  const published = arm.design === undefined ? undefined : design(arm.design);
  const { truth = published?.measure, inputs = published?.inputs, noise = published?.noise } = arm;
  const truths = arm.truths ?? (truth === undefined ? [] : [truth]);
  if (!Array.isArray(truths) || truths.length === 0 || inputs === undefined || noise === undefined)
    throw new MoeError(who, 'give a design, or truth, inputs and noise');
  if (arm.truths !== undefined && arm.truth !== undefined)
    throw new MoeError(who, 'give one truth or several truths, not both', 'truth and truths');
  const measures = truths.map((one: (typeof truths)[number]) =>
    mixingMeasure({ ...one, gate: getGate(one.gate, WHO), expert: getExpert(one.expert, WHO) }),
  );
  const shapes = measures.map(({ gate, expert, inputDim, experts }) =>
    JSON.stringify([gate.kind, gate.config, expert.kind, expert.config, inputDim, experts]),
  );
  const other = shapes.findIndex((shape) => shape !== shapes[0]);
  if (other > 0) throw new MoeError(who, 'truths must have one gate, expert, inputDim and experts', other);
  return measures.map((measure) => ({ measure, inputs, noise }));
}

/** What an arm's samples are drawn from, of several truths the first. */
export function sourceOf(arm: Arm): Source {
  return sourcesOf(arm)[0]!;
}

function configOf(arm: Arm): object {
  const sources = sourcesOf(arm);
  const { measure, ...law } = sources[0]!;
  if (arm.truths === undefined) return { ...arm, ...law, truth: measureToJSON(measure) };
  return { ...arm, ...law, truths: sources.map((source) => measureToJSON(source.measure)) };
}

async function read(path: string): Promise<unknown> {
  const text = readText(WHO, 'the study must be a file that can be read', path);
  if (extname(path) !== '.json') {
    const module = await createJiti(import.meta.url).import<{ study?: unknown; default?: unknown }>(path);
    return module.study ?? module.default;
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new MoeError(WHO, `${path} must be JSON (${(error as Error).message})`);
  }
}

function expectStudy(value: unknown, path: string): Study {
  if (typeof value !== 'object' || value === null)
    throw new MoeError(WHO, `${path} must be an object`, value);
  const study = value as Study;
  expectKnownOptions(WHO, study, studyOptions);
  if (typeof study.name !== 'string' || !/^[a-z0-9-]+$/.test(study.name)) {
    throw new MoeError(WHO, 'name must be lower case letters, digits and dashes', study.name);
  }
  if (typeof study.title !== 'string') throw new MoeError(WHO, 'title must be a text', study.title);
  expectInteger(WHO, 'seed', study.seed, { min: 0 });
  expectSizes(study.sizes, study.replicates);
  if (study.quick) {
    const { sizes = study.sizes, replicates = study.replicates } = study.quick;
    expectSizes(sizes, replicates);
  }
  if (!Array.isArray(study.arms) || study.arms.length === 0) {
    throw new MoeError(WHO, 'arms must be a list of at least one arm', study.arms);
  }
  study.arms.forEach(expectArm);
  const names = study.arms.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new MoeError(WHO, 'arms must have different names', twice);
  return study;
}

function expectSizes(sizes: readonly number[], replicates: number): void {
  if (!Array.isArray(sizes) || sizes.length === 0) {
    throw new MoeError(WHO, 'sizes must be a list of at least one number', sizes);
  }
  for (const n of sizes) expectInteger(WHO, 'a size', n, { min: 1 });
  expectInteger(WHO, 'replicates', replicates, { min: 1 });
}

function expectArm(arm: Arm): void {
  const who = `${WHO}: arm "${arm?.name}"`;
  expectKnownOptions(who, arm, armOptions);
  sourceOf(arm);
  expectKnownOptions(who, arm.fit, fitOptions);
  expectInteger(who, 'fit.experts', arm.fit?.experts, { min: 1 });
  if (!['leastSquares', 'maximumLikelihood'].includes(arm.fit.estimator)) {
    throw new MoeError(who, 'fit.estimator must be leastSquares or maximumLikelihood', arm.fit.estimator);
  }
  expectOneOf(who, 'fit.from', arm.fit.from ?? 'near', ['near', 'draws']);
  if (!Array.isArray(arm.losses) || arm.losses.length === 0) {
    throw new MoeError(who, 'losses must be a list of at least one name', arm.losses);
  }
  for (const loss of arm.losses) expectLoss(who, loss);
}
