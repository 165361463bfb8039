/** Fits of definitions that say nothing of what they are, against those of the built-in ones that they repeat. */
import { type Expert, type Gate, stream } from '@tfjs-moe/core';
import { linear } from '@tfjs-moe/experts';
import { softmax } from '@tfjs-moe/gates';
import { describe, expect, test } from 'vitest';
import { builtInExperts, builtInGates, builtInRouters } from '../../../measures/test/built-ins.ts';
import { squares } from '../../../measures/test/squares.ts';
import { wrappedExpert, wrappedGate, wrappedRouter } from '../../../measures/test/wrapped.ts';
import { bic, fitMaximumLikelihood, standardErrors } from '../../src/index.ts';

const random = stream(1);
const inputs = Array.from({ length: 200 }, () => [random.uniform()]);
const response = inputs.map(([x = 0]) => {
  const share = 1 / (1 + Math.exp(20 * (x - 0.5)));
  return (random.uniform() < share ? 2 * x : 3 - 4 * x) + 0.1 * random.normal();
});
/** Two inputs, for tables of all definitions. */
const plane = {
  inputs: inputs.slice(0, 50).map(([x = 0], i) => [x, Math.sin(7 * i)]),
  response: response.slice(0, 50),
};
const rest = { experts: 2, data: { inputs, response }, starts: 2 };

/** Everything that a few steps of a fit say, or why there is none, without the name of the definition. */
function saidOf(gate: Gate, expert: Expert, experts: number): unknown {
  try {
    const fit = fitMaximumLikelihood({ gate, expert, experts, data: plane, starts: 1, maxIterations: 3 });
    const { degreesOfFreedom, logLikelihood, estimates, warnings } = fit;
    return {
      degreesOfFreedom,
      logLikelihood,
      bic: bic(fit),
      estimates,
      standardErrors: standardErrors(fit),
      warnings: warnings.map(({ reason }) => reason),
    };
  } catch (error) {
    return (error as Error).message.replace(`(${gate.kind})`, '');
  }
}

/** Two scales of one unit may be found in another order than they are declared in, which rounds otherwise. */
function near(said: unknown): unknown {
  if (typeof said === 'number') return expect.closeTo(said, 8 - Math.ceil(Math.log10(Math.abs(said) + 1e-8)));
  if (Array.isArray(said)) return said.map(near);
  if (typeof said !== 'object' || said === null) return said;
  return Object.fromEntries(Object.entries(said).map(([name, value]) => [name, near(value)]));
}

describe('a fit is the same under the name of somebody else', () => {
  test.each(builtInGates())('with a gate like %s', (_name, gate) => {
    expect(saidOf(wrappedGate(gate), linear(), 4)).toEqual(near(saidOf(gate, linear(), 4)));
  });

  test.each(builtInExperts())('with an expert like %s', (_name, expert) => {
    expect(saidOf(softmax(), wrappedExpert(expert), 2)).toEqual(near(saidOf(softmax(), expert, 2)));
  });

  test.each(builtInRouters())('with a router like %s', (_name, router) => {
    const [own, other] = [router, wrappedRouter(router)].map((each) =>
      saidOf(softmax({ router: each }), linear(), 2),
    );
    expect(other).toEqual(near(own));
  });
});

test('a gate whose gauge is unknown says so, and has the rank of the information for degrees of freedom', () => {
  const fit = fitMaximumLikelihood({ ...rest, gate: squares(), expert: linear() });
  expect(fit.warnings.map(({ reason }) => reason)).toContain('gauge unknown');
  // Of 4 numbers of the gate one is the common scale of all scores.
  expect(fit.degreesOfFreedom).toBe(3 + 4 + 2);
});
