/** Fits of every family and every structure, as small as they can be. */
import { stream } from '@tfjs-moe/core';
import type { MaximumLikelihoodOptions, Sample } from '@tfjs-moe/estimators';
import { linear } from '@tfjs-moe/experts';
import { hierarchical, sigmoid, softmax, switchGate, temperature, topK } from '@tfjs-moe/gates';
import { type FamilyIdentifier, getFamily } from '@tfjs-moe/measures';

/** How a kind of fit is called, and the options that make one. */
export type Structure = Omit<MaximumLikelihoodOptions, 'data'> & {
  readonly name: string;
  readonly data: Sample;
};

const ROWS = 96;
const names = { inputNames: ['x', 'z'], responseName: 'y' };
const inputs = ((random) => Array.from({ length: ROWS }, () => [2 * random.uniform() - 1, random.normal()]))(
  stream(1, 'inputs'),
);
/** Three rows each. */
const persons = inputs.map((_, i) => Math.floor(i / 3));

/** Responses of two experts of a family, one where x is above 0 more often than not. */
function drawn(family: FamilyIdentifier, trials = 1, rows = inputs): Sample {
  const law = getFamily(family);
  const random = stream(2, law.kind);
  return {
    inputs: rows,
    response: rows.map(([x, z]) => {
      const expert = random.uniform() < 1 / (1 + Math.exp(-1.5 * x!)) ? 0 : 1;
      const output = expert === 0 ? 2 + 0.5 * z! : 0.2 - 0.8 * z!;
      const outputs = law.isClass ? [output, -output] : [output];
      return law.draw({ outputs, dispersion: expert === 0 ? 1 : 2, trials, expert }, random);
    }),
    ...(trials > 1 && { trials: rows.map(() => trials) }),
    ...names,
  };
}

/** What a fit has that is said nothing else of. */
const soft = { gate: softmax(), expert: linear(), experts: 2, starts: 3 };
const numbers = drawn('gaussian');
const counts = drawn('poisson');
const binomial = drawn('binomial', 9);
const studentT = { kind: 'studentT', degreesOfFreedom: 4 };
const randomly = stream(3, 'more');
const more = [
  { name: 'v', values: Array.from(numbers.response, (y, i) => 0.5 * y - inputs[i]![0]! + randomly.normal()) },
];
/** Inputs of a person are the same in all of its rows, so that any gate may see them. */
const wide = persons.map((person) => inputs[3 * person]!);

/** Every family, every structure, and those together that are asked for together. */
export const structures: readonly Structure[] = [
  { name: '`gaussian`', ...soft, data: numbers },
  { name: '`studentT:4`', ...soft, family: studentT, data: drawn(studentT) },
  { name: '`laplace`', ...soft, family: 'laplace', data: drawn('laplace') },
  { name: '`poisson`', ...soft, family: 'poisson', data: counts },
  { name: '`negativeBinomial`', ...soft, family: 'negativeBinomial', data: drawn('negativeBinomial') },
  { name: '`gamma`', ...soft, family: 'gamma', data: drawn('gamma') },
  { name: '`binomial`', ...soft, family: 'binomial', data: drawn('binomial') },
  { name: '`binomial` with trials', ...soft, family: 'binomial', data: binomial },
  { name: '`multinomial`', ...soft, family: 'multinomial', classes: 3, data: drawn('multinomial') },
  { name: 'families per expert, numbers', ...soft, family: ['gaussian', studentT], data: drawn('gaussian') },
  {
    name: 'families per expert, counts',
    ...soft,
    family: ['poisson', 'negativeBinomial'],
    data: drawn(['poisson', 'negativeBinomial']),
  },
  {
    name: 'families per expert and a zero expert',
    ...soft,
    experts: 3,
    family: ['poisson', 'negativeBinomial'],
    zeroExpert: true,
    data: { ...counts, response: Array.from(counts.response, (y, i) => (i % 5 === 0 ? 0 : y)) },
  },
  { name: 'several responses', ...soft, data: { ...numbers, moreResponses: more } },
  {
    name: 'several responses, one covariance',
    ...soft,
    variances: 'common',
    data: { ...numbers, moreResponses: more },
  },
  {
    name: 'several responses in groups',
    ...soft,
    data: { ...numbers, inputs: wide, moreResponses: more, groups: persons },
  },
  {
    name: 'several responses with weights',
    ...soft,
    data: { ...numbers, moreResponses: more, weights: persons.map((person) => 1 + (person % 2)) },
  },
  {
    name: 'zero expert',
    ...soft,
    family: 'poisson',
    zeroExpert: true,
    data: { ...counts, response: Array.from(counts.response, (y, i) => (i % 3 === 0 ? 0 : y)) },
  },
  { name: 'offset', ...soft, family: 'poisson', data: { ...counts, offset: inputs.map(([x]) => 0.2 * x!) } },
  { name: 'groups', ...soft, data: { ...numbers, inputs: wide, groups: persons } },
  { name: 'clusters', ...soft, data: { ...numbers, clusters: persons } },
  { name: 'weights', ...soft, data: { ...numbers, weights: persons.map((person) => 1 + (person % 2)) } },
  { name: 'common variance', ...soft, variances: 'common', data: numbers },
  { name: 'one expert', ...soft, experts: 1, data: numbers },
  { name: 'equal coefficients', ...soft, structure: { equal: ['z'] }, data: numbers },
  {
    name: 'fixed coefficients',
    ...soft,
    structure: { fixed: ['expert 1: z = 0.5'] },
    data: numbers,
  },
  { name: 'absent coefficients', ...soft, structure: { absent: ['gate: z', 'expert 1: x'] }, data: numbers },
  { name: 'ridge', ...soft, penalty: { lambda: 1, alpha: 0 }, data: numbers },
  { name: 'lasso', ...soft, penalty: { lambda: 2, alpha: 1 }, data: numbers },
  { name: 'constant gate', ...soft, data: { ...numbers, gateInputs: [] } },
  { name: 'experts without inputs', ...soft, data: { ...numbers, expertInputs: [] } },
  { name: '`topK:2` of three', ...soft, gate: topK({ k: 2 }), experts: 3, data: numbers },
  { name: '`switchGate`', ...soft, gate: switchGate(), data: numbers },
  {
    name: 'hard gate',
    ...soft,
    data: {
      ...numbers,
      response: inputs.map(([x, z], i) => (x! > 0 ? 5 + z! : -5 - 2 * z!) + 0.3 * Math.sin(7 * i)),
    },
  },
  { name: '`hierarchical`', ...soft, gate: hierarchical({ groups: 2 }), experts: 4, data: numbers },
  { name: '`sigmoid`', ...soft, gate: sigmoid({ normalize: true }), data: numbers },
  { name: '`temperature`', ...soft, gate: temperature(), data: numbers },
];
