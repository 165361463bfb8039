import { MoeError } from '@tfjs-moe/core';
import { linear } from '@tfjs-moe/experts';
import { linearRouter, softmax } from '@tfjs-moe/gates';
import { describe, expect, test } from 'vitest';
import * as measures from '../src/index.ts';

const { layerOptions, weightsForLayer } = measures;

const functions = new Map(Object.entries(measures).filter(([, value]) => typeof value === 'function'));

/** What JavaScript may hand over instead of what the types say. */
const odd: readonly unknown[] = ['x', {}, undefined, null, 3];

const gate = softmax();
const expert = linear();
const measure = {
  gate,
  expert,
  inputDim: 1,
  experts: 2,
  gateParams: { 'router/kernel': [1, 0], bias: [0, 0] },
  expertParams: { kernel: [1, 2], bias: [0, 0] },
  dispersions: [1, 1],
};
const layer = {
  getConfig: () => layerOptions(measure),
  weights: weightsForLayer(measure).map(({ name, shape, values }) => ({
    originalName: name,
    shape,
    read: () => ({ data: async () => values }),
  })),
};
const rows = [[1]];

/** Arguments that may be left out, and those that 3 is right for. */
const optional = [
  'gateTraits 1',
  'fewestInputs 1',
  'voronoiLoss 2',
  'voronoiCells 2',
  'wassersteinDistance 2',
  'gaussian 0',
  'studentT 0',
  'laplace 0',
  'poisson 0',
  'negativeBinomial 0',
  'binomial 0',
  'gamma 0',
  'multinomial 0',
];
const numbers = [
  'gateGauge 1',
  'gateGauge 2',
  'fixedCopies 1',
  'fixedCopies 2',
  'freedomsAt 1',
  'freedomsAt 2',
  'rBar 0',
  'rBarSolution 0',
  'kBar 1',
  'readGate 1',
  'gateTraits 1',
  'fewestInputs 1',
];

/** Arguments that are right, and of each what is right besides. */
const calls: Readonly<Record<string, readonly unknown[]>> = {
  mixingMeasure: [measure],
  measureSpecs: [measure],
  drawnMeasure: [measure, () => [1, 2]],
  withAtoms: [measure, [0, 0, 1]],
  withChanged: [measure, 'expert', 'kernel', 0, (value: number) => value + 1],
  atomNumbers: [measure, 'expert', 'kernel', 0],
  predict: [measure, rows],
  gateProbabilities: [measure, rows],
  expertMeans: [measure, rows],
  responsibilities: [measure, { inputs: rows, response: [1] }],
  measureParts: [measure, rows],
  canonical: [measure],
  defineFamily: ['testFamilyOfPoisson', () => measures.poisson()],
  getFamily: ['poisson'],
  perExpert: [{ families: ['poisson', 'negativeBinomial'] }],
  gaussian: [{}],
  studentT: [{}],
  laplace: [{}],
  poisson: [{}],
  negativeBinomial: [{}],
  binomial: [{}],
  gamma: [{}],
  multinomial: [{}],
  gateGauge: [gate, 1, 2],
  freedomsAt: [gate, 1, 2, 0],
  fixedCopies: [gate, 1, 2],
  unseenDirections: [measure],
  voronoiLoss: [measure, measure],
  voronoiCells: [measure, measure],
  wassersteinDistance: [measure, measure],
  rBar: [2],
  rBarSolution: [2],
  kBar: [[2, 1, 3, 1], 3],
  measureToJSON: [measure],
  measureFromJSON: [measures.measureToJSON(measure)],
  measureFromLayer: [layer],
  layerOptions: [measure],
  weightsForLayer: [measure],
  traitsOf: [gate],
  servable: [gate],
  asDeclared: [gate],
  gateTraits: [gate, 2],
  routerTraits: [linearRouter()],
  expertTraits: [expert],
  fewestInputs: [(inputDim: number) => linearRouter().params(inputDim), 1],
  readGate: [gate, 2],
  readRouter: [linearRouter()],
  readExpert: [expert],
};

/** What takes only what others of these return or check. */
const inner = [
  'covarianceOf',
  'deviationsAndCorrelations',
  'drawVector',
  'gaussianVectors',
  'innovationsOf',
  'trianglePlace',
  'triangleRows',
  'triangleSize',
  'evaluated',
  'evaluatedColumns',
  'familyFor',
  'familyName',
  'familyOf',
  'inGauge',
  'isSameFamily',
  'lawOfWeights',
  'levelsOf',
  'placeOf',
  'routerName',
  'selects',
];

describe('an argument of a wrong type is refused by name, by', () => {
  test.each(Object.entries(calls))('%s', async (name, args) => {
    const call = functions.get(name) as (...given: readonly unknown[]) => unknown;
    await call(...args);
    for (const [i, right] of args.entries()) {
      for (const value of odd) {
        if (isRight(name, i, value)) continue;
        const given = args.map((arg, j) => (i === j ? value : arg));
        const what = `argument ${i} of ${name}, ${typeof right} made ${String(value)}`;
        const error = await failureOf(() => call(...given));
        expect(error, what).toBeInstanceOf(MoeError);
        expect((error as MoeError).who, what).toBe(name);
      }
    }
  });

  test('every function of the package', () => {
    const all = [...Object.keys(calls), ...inner];
    expect(all.sort()).toEqual([...functions.keys()].sort());
  });
});

/** Wrong in general, right in one place. */
function isRight(name: string, place: number, value: unknown): boolean {
  if (name === 'defineFamily' && place === 0 && value === 'x') return true;
  // Options, all of which have defaults.
  if (String(value) === '[object Object]' && optional.includes(`${name} ${place}`) && place === 0)
    return true;
  if (value === undefined) return optional.includes(`${name} ${place}`);
  return value === 3 && numbers.includes(`${name} ${place}`);
}

async function failureOf(run: () => unknown): Promise<unknown> {
  try {
    await run();
    return undefined;
  } catch (error) {
    return error;
  }
}
