/** Checkpoints in and out of a consumer of the packages, with onnxruntime and numpy as witnesses. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { runProgram } from './consumer.mjs';

const packages = resolve(import.meta.dirname, '../../packages/checkpoints');

/** The largest distance that float32 explains. */
const CLOSE = 1e-5;

/**
 * @param consumer folder in which the packages are installed
 * @returns who agreed, and by how much
 */
export async function takeInAndOut(consumer) {
  runProgram(consumer, 'checkpoints.mjs', join(packages, 'test/fixtures/blocks/mixtral-fused.safetensors'));
  const said = [`onnxruntime ${await byOnnxruntime(consumer)}`, `numpy ${byNumpy(consumer)}`];
  return said.join(', ');
}

async function byOnnxruntime(consumer) {
  const require = createRequire(join(packages, 'package.json'));
  let runtime;
  try {
    runtime = require('onnxruntime-node');
  } catch (error) {
    return `is not here (${error.code})`;
  }
  const { input, output } = floatsIn(join(consumer, 'trained.safetensors'));
  const session = await runtime.InferenceSession.create(join(consumer, 'trained.onnx'), {
    logSeverityLevel: 3,
  });
  const { output: found } = await session.run({
    input: new runtime.Tensor('float32', input.numbers, input.shape),
  });
  const largest = Math.max(...output.numbers.map(Math.abs));
  const distance = Math.max(...output.numbers.map((value, i) => Math.abs(value - found.data[i])));
  return close('onnxruntime', distance / largest);
}

function byNumpy(consumer) {
  try {
    execFileSync('python3', ['-c', 'import numpy'], { stdio: 'pipe' });
  } catch {
    return 'is not here';
  }
  const words = ['checkpoints.py', 'trained.safetensors'];
  return close('numpy', Number(execFileSync('python3', words, { cwd: consumer, encoding: 'utf8' })));
}

function close(who, distance) {
  if (!(distance < CLOSE)) throw new Error(`${who} is ${distance} away`);
  return distance.toExponential(1);
}

/** The float32 tensors of a safetensors file, read without the reader that is tested. */
function floatsIn(path) {
  const bytes = readFileSync(path);
  const begin = 8 + Number(bytes.readBigUInt64LE(0));
  const header = JSON.parse(bytes.subarray(8, begin).toString());
  const tensors = Object.entries(header).map(
    ([
      name,
      {
        shape,
        data_offsets: [from, to],
      },
    ]) => {
      const own = Uint8Array.from(bytes.subarray(begin + from, begin + to));
      return [name, { shape, numbers: new Float32Array(own.buffer) }];
    },
  );
  return Object.fromEntries(tensors);
}
