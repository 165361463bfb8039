/** No constant is read as zero without a word: guards say so, and every other number is what it is. */
import { defineExpert, defineRouter, guard, type Ops } from '@tfjs-moe/core';
import { ffn, linear, normalizedFfn } from '@tfjs-moe/experts';
import { cosineRouter, hierarchical, softmax } from '@tfjs-moe/gates';
import { identifiability, reportCard, reportCardText } from '@tfjs-moe/theory';
import { describe, expect, test } from 'vitest';

type Made = <V>(ops: Ops<V>, z: V, u: V) => V;

/** $h(x) = \mathrm{made}(ax + b, u)$, or without u. */
const own = (made: Made, withFactor = false) =>
  defineExpert('ownConstants', () => ({
    config: {},
    params: () => ({
      a: { shape: [1, 1], initializer: ZEROS },
      b: { shape: [1], initializer: ZEROS },
      ...(withFactor && { u: { shape: [1], initializer: ZEROS } }),
    }),
    apply: (ops, x, p) => made(ops, ops.affine(x, p.a!, p.b!), p.u ?? ops.constant(1)),
  }))();
const ZEROS = 'zeros' as never;

const asked = (expert: ReturnType<typeof own>) =>
  identifiability({ gate: softmax(), expert, inputDim: 1, experts: 2 });

describe.each([1e-8, 1.1e-9, 1e-9, 1e-10, 1e-14])('a factor of %s', (factor) => {
  test('does not make a function zero', () => {
    const { firstOrder, secondOrder } = asked(
      own((ops, z) => ops.mul(ops.constant(factor), ops.activation('tanh', z))),
    );
    expect([firstOrder.verdict, secondOrder.verdict]).toEqual(['independent', 'independent']);
    const isSmall = firstOrder.notes.some((note) => note.includes(`${factor} are read as they stand`));
    expect(isSmall).toBe(factor <= 1e-9);
  });

  test('does not make a bent line straight', () => {
    const bent: Made = (ops, z) => ops.add(z, ops.mul(ops.constant(factor), ops.activation('tanh', z)));
    const { firstOrder, secondOrder } = asked(own(bent));
    expect(firstOrder.verdict).toBe('independent');
    expect(secondOrder.verdict).not.toBe('dependent');
  });
});

test('what a definition marks as a guard is read as 0, and every verdict says so', () => {
  const { firstOrder, secondOrder, literal } = asked(
    own((ops, z) => ops.add(z, ops.mul(guard(ops, 1e-12), ops.activation('tanh', z)))),
  );
  expect(secondOrder.verdict).toBe('dependent');
  for (const { notes } of [firstOrder, secondOrder, literal])
    expect(notes).toContain('read as 0, for they keep floating point finite: the guards 1e-12');
});

test('the same number is a guard where it is marked, and a part of the model where it is not', () => {
  const scored = (small: <V>(ops: Ops<V>) => V) =>
    defineRouter('ownLength', () => ({
      config: {},
      params: (inputDim) => ({ w: { shape: [inputDim, 1], initializer: ZEROS } }),
      // The length of w leaves no trace, but for what is added under the root.
      logit: (ops, x, { w }) => ops.div(ops.affine(x, w!), ops.sqrt(ops.add(ops.mul(w!, w!), small(ops)))),
    }))();
  const expert = ffn({ hiddenUnits: [], activation: 'tanh', outputWeights: false });
  const verdict = (small: <V>(ops: Ops<V>) => V) => {
    const gate = softmax({ router: scored(small) });
    return identifiability({ gate, expert, inputDim: 1, experts: 2 }).firstOrder;
  };
  const marked = verdict((ops) => guard(ops, 1e-12));
  expect(marked).toMatchObject({ verdict: 'dependent', relations: [{ terms: [] }, { terms: [] }] });
  // Two scores of one input differ by one number, which is what ties them.
  const written = verdict((ops) => ops.constant(1e-12));
  expect(written).toMatchObject({ verdict: 'dependent', relations: [{ terms: [{}] }] });
  expect(written.notes.join()).toContain('write guard(ops, 1e-12)');
});

test('what rounding leaves of a sum is a number, and called what it is', () => {
  const { firstOrder } = asked(
    own(
      (ops, z, u) =>
        ops.add(z, ops.mul(u, ops.mul(ops.constant(0.1 + 0.2 - 0.3), ops.activation('tanh', z)))),
      true,
    ),
  );
  expect(firstOrder.verdict).not.toBe('dependent');
  expect(firstOrder.notes.join()).toContain(
    'what rounding leaves of a sum that is 0, such as 0.1 + 0.2 - 0.3',
  );
});

describe('built-ins', () => {
  const notes = (options: Parameters<typeof identifiability>[0]) =>
    identifiability({ ...options, budget: 1 }).firstOrder.notes.filter((note) => note.includes('guard'));

  test('name their guards', () => {
    const router = cosineRouter();
    expect(notes({ gate: softmax({ router }), expert: linear(), inputDim: 2, experts: 2 })).toEqual([
      'read as 0, for they keep floating point finite: the guards 1e-12',
    ]);
    const expert = normalizedFfn({ hiddenUnits: 2, activation: 'gelu' });
    expect(notes({ gate: softmax(), expert, inputDim: 2, experts: 2 })).toHaveLength(1);
  });

  test('say nothing of guards that the mixture does not contain', () => {
    expect(notes({ gate: softmax(), expert: linear(), inputDim: 2, experts: 2 })).toEqual([]);
    expect(notes({ gate: hierarchical({ groups: 2 }), expert: linear(), inputDim: 2, experts: 4 })).toEqual(
      [],
    );
    // An epsilon that is felt is a part of the model.
    const expert = normalizedFfn({ hiddenUnits: 2, activation: 'gelu', epsilon: 0.1 });
    expect(notes({ gate: softmax(), expert, inputDim: 2, experts: 2 })).toEqual([]);
  });

  test('and the card prints it', () => {
    const expert = normalizedFfn({ hiddenUnits: [], activation: 'gelu', outputWeights: false });
    const text = reportCardText(reportCard({ gate: softmax(), expert }, { overSpecified: false }));
    expect(text).toContain('read as 0, for they keep floating point finite: the guards 1e-12');
  });
});
