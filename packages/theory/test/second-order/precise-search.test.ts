import { defineExpert, type Ops } from '@tfjs-moe/core';
import { ffn } from '@tfjs-moe/experts';
import { hierarchical, mlpRouter, softmax, topK } from '@tfjs-moe/gates';
import { identifiability } from '@tfjs-moe/theory';
import { describe, expect, test } from 'vitest';

const ridge = (activation: 'gelu' | 'tanh') => ffn({ hiddenUnits: [], activation, outputWeights: false });
const size = { inputDim: 1, experts: 2 } as const;

function tanhAt(kernels: readonly number[], biases: readonly number[], router = [0.5, -1]) {
  return identifiability({
    ...size,
    gate: softmax(),
    expert: ridge('tanh'),
    gateParams: { 'router/kernel': router, bias: [0, 0.5] },
    expertParams: { 'layer_1/kernel': kernels, 'layer_1/bias': biases },
  }).secondOrder;
}

describe('the second order is decided where float64 sees no functions apart', () => {
  test('a saturated atom: its derivatives are 1e-35 of its size', () => {
    expect(tanhAt([1, -0.75], [40, 0.25])).toMatchObject({ verdict: 'independent' });
  });

  test('atoms at a distance of 1e-6', () => {
    const verdict = tanhAt([1, 1 + 1e-6], [0.25, 0.25 + 1e-6], [0.5, 0.5 + 1e-6]);
    expect(verdict).toMatchObject({ verdict: 'independent' });
    // Along the way from one to the other next to nothing changes.
    expect((verdict as { curvature: number }).curvature).toBeLessThan(1e-9);
  });

  test('a router of two layers', () => {
    const router = mlpRouter({ hiddenUnits: 2, activation: 'tanh', outputActivation: 'tanh' });
    const { secondOrder } = identifiability({ ...size, gate: softmax({ router }), expert: ridge('gelu') });
    expect(secondOrder.verdict).toBe('independent');
  });
});

describe('what is not decided says by name why', () => {
  test('an equation whose coefficient is tanh(1/2) is no equation in fractions', () => {
    const { verdict, ...rest } = tanhAt([0, -0.75], [0.5, 0.25]);
    expect(verdict).toBe('inconclusive');
    expect(rest).toMatchObject({
      raise: expect.stringMatching(
        /suspected but not proved, as where an equation has coefficients that are no fractions: .*bias/,
      ),
    });
  });

  test('a gate whose weights are neither softmaxes nor plain sigmoids', () => {
    const gate = hierarchical({ groups: 1, inner: topK({ k: 2 }) });
    const { secondOrder } = identifiability({
      inputDim: 1,
      experts: 3,
      gate,
      expert: ridge('tanh'),
      budget: 500,
    });
    expect(secondOrder).toMatchObject({
      verdict: 'inconclusive',
      raise: expect.stringContaining('say so in traits.form'),
    });
  });
});

/** `tanh(z) + u g(z)` where g is zero for a reason that takes some arithmetic. */
const own = (kind: string, zero: <V>(ops: Ops<V>, z: V) => V) =>
  defineExpert(kind, () => ({
    config: {},
    params: (inputDim, units) => ({
      w: { shape: [inputDim, units], initializer: { kind: 'glorotUniform' } },
      b: { shape: [units], initializer: { kind: 'zeros' } },
      u: { shape: [units], initializer: { kind: 'ones' } },
    }),
    apply<V>(ops: Ops<V>, x: V, p: Readonly<Record<'w' | 'b' | 'u', V>>): V {
      const z = ops.affine(x, p.w, p.b);
      return ops.add(ops.activation('tanh', z), ops.mul(p.u, zero(ops, z)));
    },
  }))();

test.each([
  [
    'exp(2z) = exp(z)^2',
    own('powers', (ops, z) => ops.sub(ops.exp(ops.add(z, z)), ops.mul(ops.exp(z), ops.exp(z)))),
  ],
  [
    'relu(z) + relu(-z) = sqrt(z^2)',
    own('sizes', (ops, z) =>
      ops.sub(
        ops.add(ops.activation('relu', z), ops.activation('relu', ops.sub(ops.constant(0), z))),
        ops.sqrt(ops.mul(z, z)),
      ),
    ),
  ],
  [
    'relu(relu(z)) = relu(z)',
    own('nested', (ops, z) => {
      const once = ops.activation('relu', z);
      return ops.sub(ops.activation('relu', once), once);
    }),
  ],
])('a parameter without influence is found where that needs %s', (_identity, expert) => {
  const { firstOrder } = identifiability({ ...size, gate: softmax(), expert });
  expect(firstOrder.verdict).toBe('dependent');
  if (firstOrder.verdict !== 'dependent') return;
  expect(firstOrder.relations.map(({ text, proof }) => `${text} (${proof})`)).toEqual([
    'd_expert/u[0]#0 f = 0 (formal ring)',
    'd_expert/u[0]#1 f = 0 (formal ring)',
  ]);
  expect('sigmaMin' in firstOrder.rest).toBe(true);
});
