import { linear } from '@tfjs-moe/experts';
import { softmax, switchGate } from '@tfjs-moe/gates';
import type { MaximumLikelihoodOptions } from '../../../src/index.ts';
import { heaps, mixed } from '../../testing/samples.ts';

const data = mixed();
const model = { gate: softmax(), expert: linear(), experts: 2, starts: 1, data };
const counts = { ...data, response: Array.from(data.response, (y) => Math.round(Math.abs(y))) };

/** Fits whose files differ in kind. */
export const savedKinds: Readonly<Record<string, MaximumLikelihoodOptions>> = {
  soft: model,
  hard: { ...model, data: heaps() },
  groups: { ...model, data: { ...data, gateInputs: [], groups: data.inputs.map((_, i) => i >> 1) } },
  tied: { ...model, structure: { equal: ['sigma'], absent: ['gate: second'] } },
  penalty: { ...model, penalty: { lambda: 1, alpha: 0 } },
  selecting: { ...model, gate: switchGate() },
  classes: {
    ...model,
    family: 'multinomial',
    data: { ...data, response: counts.response.map((y) => y % 3) },
  },
  'several responses': {
    ...model,
    data: {
      ...data,
      moreResponses: [{ name: 'other', values: data.inputs.map((row) => row[0]! * row[1]!) }],
    },
  },
  'families per expert': { ...model, family: ['poisson', 'negativeBinomial'], data: counts },
  'zero expert': { ...model, family: 'poisson', zeroExpert: true, data: counts },
};
