/** Mutants of the kernels' memory and threads. */
import { of, testsOf } from './of.mjs';

const wasm = 'packages/wasm/src';
const wasmTests = testsOf('packages/wasm');

export const wasmMutants = [
  ...of('kernels', `${wasm}/attach.ts`, wasmTests('attach'), [
    '        heap.free(integers);\n',
    '',
    'integers that are outgrown are not freed',
  ]),
  ...of('kernels', `${wasm}/threads/plan.ts`, wasmTests('threads/threads'), [
    'numbers: rows * (depth + units) + experts * kernel,',
    'numbers: rows * (depth + units) + (experts - 1) * kernel,',
    'the cost of one expert fewer',
    { equivalent: 'a model of time: results do not depend on who computes' },
  ]),
];
