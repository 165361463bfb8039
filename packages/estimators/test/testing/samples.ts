import { stream } from '@tfjs-moe/core';
import type { Sample } from '../../src/index.ts';

/** Numbers that float32 has. */
const round = Math.fround;
const names = { inputNames: ['first', 'second'], responseName: 'answer' };

/** Rows in two heaps: wherever between them a gate is hard, the division is the same. */
export function heaps(): Sample {
  const random = stream(5);
  const inputs = Array.from({ length: 80 }, (_, i) => [
    round((i % 2 ? 3 : -3) + 0.5 * random.normal()),
    round(random.normal()),
  ]);
  const response = inputs.map(([a, b]) =>
    round((a! > 0 ? 1 + a! - b! : 2 * b! - a!) + 0.2 * random.normal()),
  );
  return { inputs, response, ...names };
}

/** One ridge of tanh with noise. */
export function ridge(): Sample {
  const random = stream(6);
  const inputs = Array.from({ length: 60 }, () => [round(random.normal()), round(random.normal())]);
  const response = inputs.map(([a, b]) => round(Math.tanh(0.8 * a! - b! + 0.3) + 0.1 * random.normal()));
  return { inputs, response, ...names };
}

const logistic = (z: number) => 1 / (1 + Math.exp(-z));

/** A smooth surface with noise: two planes, each by its weight. */
export function mixed(): Sample {
  const random = stream(7);
  const inputs = Array.from({ length: 100 }, () => [round(3 * random.normal()), round(random.normal())]);
  const response = inputs.map(([a, b]) => {
    const first = logistic(2 * a!);
    return round(first * (1 + 2 * a! + b!) + (1 - first) * (0.2 * b! - 1 - a!) + 0.1 * random.normal());
  });
  return { inputs, response, ...names };
}

/** A plane that begins softly, with noise. */
export function slope(): Sample {
  const random = stream(8);
  const inputs = Array.from({ length: 100 }, () => [round(2 * random.normal()), round(random.normal())]);
  const response = inputs.map(([a, b]) =>
    round(logistic(2 * a! + b! - 1) * (3 + a! - 2 * b!) + 0.1 * random.normal()),
  );
  return { inputs, response, ...names };
}
