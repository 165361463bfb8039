import { MoeError, paramSize } from '@tfjs-moe/core';
import { familyFor, measureSpecs } from '@tfjs-moe/measures';
import { expectPenalty } from '../problem/penalty/penalty-options.ts';
import { expectStructure } from '../problem/structure/structure.ts';
import type { Estimate, EstimateStatus, MaximumLikelihoodFit } from './fit.ts';

type Refuse = (name: string, rule: string, received: unknown) => MoeError;

const statuses: readonly EstimateStatus[] = [
  'estimated',
  'reference',
  'aliased',
  'not identified',
  'at bound',
  'held',
  'fixed',
  'penalised',
];

/**
 * What the functions that take a fit rely on, of one that was read from a file.
 * @throws MoeError that names the first member that is missing or is something else
 */
export function expectReport(who: string, fit: MaximumLikelihoodFit): void {
  const refuse: Refuse = (name, rule, received) =>
    new MoeError(who, `${name} of the report must be ${rule}`, received);
  if (fit.estimator !== 'maximum likelihood') throw refuse('estimator', 'maximum likelihood', fit.estimator);
  for (const name of [
    'logLikelihood',
    'degreesOfFreedom',
    'n',
    'totalWeight',
    'entropy',
    'gradientNorm',
  ] as const)
    if (typeof fit[name] !== 'number') throw refuse(name, 'a number', fit[name]);
  for (const name of ['degreesOfFreedom', 'n', 'totalWeight'] as const)
    if (!(Number.isFinite(fit[name]) && fit[name] >= 0))
      throw refuse(name, 'a finite number, not negative', fit[name]);
  familyFor(who, fit.family, fit.measure.experts);
  expectOptional(who, fit, refuse);
  expectStructure(who, fit.structure);
  if (typeof fit.converged !== 'boolean') throw refuse('converged', 'true or false', fit.converged);
  for (const name of ['ending', 'responseName'] as const)
    if (typeof fit[name] !== 'string') throw refuse(name, 'a text', fit[name]);
  if (fit.variances !== 'own' && fit.variances !== 'common')
    throw refuse('variances', 'own or common', fit.variances);
  const { experts, inputDim } = fit.measure;
  for (const name of ['sizes', 'counts'] as const)
    if (!isNumbers(fit[name]) || fit[name].length !== experts)
      throw refuse(name, `${experts} numbers`, fit[name]);
  if (!isNumbers(fit.history)) throw refuse('history', 'numbers', fit.history);
  if (!isTexts(fit.inputNames) || fit.inputNames.length !== inputDim)
    throw refuse('inputNames', `${inputDim} names`, fit.inputNames);
  for (const name of ['starts', 'warnings'] as const)
    if (!Array.isArray(fit[name]) || !fit[name].every((each) => typeof each === 'object' && each !== null))
      throw refuse(name, 'a list of objects', fit[name]);
  for (const { reason, text, remedy = '' } of fit.warnings)
    if (![reason, text, remedy].every((each) => typeof each === 'string'))
      throw refuse('warnings', '{ reason, text } or { reason, text, remedy }', fit.warnings);
  for (const { kind, ending, logLikelihood, iterations } of fit.starts)
    if (
      ![kind, ending].every((each) => typeof each === 'string') ||
      ![logLikelihood, iterations].every((each) => typeof each === 'number')
    )
      throw refuse('starts', '{ kind, logLikelihood, iterations, ending }', fit.starts);
  if (typeof fit.iterations?.em !== 'number' || typeof fit.iterations.newton !== 'number')
    throw refuse('iterations', '{ em, newton }', fit.iterations);
  const isEstimate = ({ part, group, name, parameter, value, status }: Estimate) =>
    [group, name, parameter].every((text) => typeof text === 'string') &&
    ['gate', 'expert', 'noise'].includes(part) &&
    statuses.includes(status) &&
    typeof value === 'number' &&
    !Number.isNaN(value);
  if (!Array.isArray(fit.estimates) || !fit.estimates.every((each) => each && isEstimate(each)))
    throw refuse('estimates', 'estimates', fit.estimates);
  const count = fit.estimates.length;
  expectAllNumbers(fit, refuse);
  if (
    !isNumbers(fit.estimated) ||
    !fit.estimated.every((place, i) => place in fit.estimates && !(place <= (fit.estimated[i - 1] ?? -1)))
  )
    throw refuse('estimated', 'places among the estimates', fit.estimated);
  expectCovariances(refuse, 'covariances', fit.covariances, fit.estimated.length);
  if (fit.undetermined === undefined) return;
  expectCovariances(refuse, 'undetermined', fit.undetermined?.covariances, count);
  const { directions } = fit.undetermined;
  if (!Array.isArray(directions) || !directions.every((each) => isNumbers(each) && each.length === count))
    throw refuse('undetermined', 'directions of all estimates', directions);
}

function expectCovariances(
  refuse: (name: string, rule: string, received: unknown) => MoeError,
  name: string,
  covariances: MaximumLikelihoodFit['covariances'] | undefined,
  size: number,
): void {
  for (const kind of ['observed', 'sandwich'] as const) {
    const matrix = covariances?.[kind];
    const isRow = (row: unknown) =>
      Array.isArray(row) && row.length === size && row.every((value) => typeof value === 'number');
    if (!Array.isArray(matrix) || matrix.length !== size || !matrix.every(isRow))
      throw refuse(name, `a ${kind} matrix of ${size} rows and columns`, matrix);
  }
}

/** What a fit has only sometimes. */
function expectOptional(who: string, fit: MaximumLikelihoodFit, refuse: Refuse): void {
  const { experts, units = 1, covariances } = fit.measure;
  expectPenalty(who, fit.penalty);
  for (const name of ['zeroExpert', 'hasOffset', 'hasTrials'] as const)
    if (fit[name] !== undefined && typeof fit[name] !== 'boolean')
      throw refuse(name, 'true or false', fit[name]);
  for (const name of ['minVariance', 'clusters'] as const)
    if (fit[name] !== undefined && !(Number.isFinite(fit[name]) && fit[name]! > 0))
      throw refuse(name, 'a positive number', fit[name]);
  if ((fit.penalty === undefined) !== (typeof fit.penalisedLogLikelihood !== 'number'))
    throw refuse('penalisedLogLikelihood', 'a number beside a penalty', fit.penalisedLogLikelihood);
  const isPlace = (value: number) => Number.isInteger(value) && value >= 0 && value < experts;
  if (
    fit.alike !== undefined &&
    !(isNumbers(fit.alike) && fit.alike.length === experts && fit.alike.every(isPlace))
  )
    throw refuse('alike', `an expert for each of ${experts}`, fit.alike);
  const { groups, responseNames } = fit;
  if (
    groups !== undefined &&
    !(
      isNumbers([groups?.n, groups?.totalWeight]) &&
      isNumbers(groups.counts) &&
      groups.counts.length === experts
    )
  )
    throw refuse('groups', '{ n, totalWeight, counts }', groups);
  const isOfSeveral = covariances !== undefined;
  if (
    isOfSeveral !== (responseNames !== undefined) ||
    (isOfSeveral && !(isTexts(responseNames) && responseNames.length === units))
  )
    throw refuse('responseNames', isOfSeveral ? `${units} names` : 'absent, of one response', responseNames);
}

/** Refuses estimates that are not as many of gate and experts as these learn. */
function expectAllNumbers({ estimates, measure }: MaximumLikelihoodFit, refuse: Refuse): void {
  const specs = measureSpecs(measure);
  for (const part of ['gate', 'expert'] as const) {
    const wanted = learnedIn(specs, part);
    const count = estimates.filter((each) => each.part === part).length;
    if (count !== wanted) throw refuse('estimates', `${wanted} of the ${part}`, count);
  }
}

function learnedIn(specs: ReturnType<typeof measureSpecs>, part: 'gate' | 'expert'): number {
  return Object.values(specs[part]).reduce(
    (sum, spec) => sum + (spec.trainable === false ? 0 : spec.copies * paramSize(spec)),
    0,
  );
}

const isNumbers = (list: unknown): list is number[] =>
  Array.isArray(list) && list.every((value) => typeof value === 'number');

const isTexts = (list: unknown): list is string[] =>
  Array.isArray(list) && list.every((value) => typeof value === 'string');
