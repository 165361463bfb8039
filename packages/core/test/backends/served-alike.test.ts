import { expect, test } from 'vitest';
import { besideForm } from '../../src/backends/served-alike.ts';
import { defineGate, type GateDefinition, type GateOps } from '../../src/index.ts';

type Params = { kernel: unknown };

/** A softmax gate that selects one expert, with something of its own. */
const gate = (
  kind: string,
  own: (ops: GateOps<unknown>, training: boolean, best: unknown) => object,
  more: object = {},
) =>
  defineGate<[], Params>(
    kind,
    () =>
      ({
        config: {},
        expertsPerToken: () => 1,
        params: (inputDim: number, experts: number) => ({
          kernel: { shape: [inputDim], initializer: { kind: 'ones' }, copies: experts },
        }),
        route(ops: GateOps<unknown>, x: unknown, p: Params, { training }: { training: boolean }) {
          const logits = ops.dot(x, p.kernel);
          const probabilities = ops.softmax(logits);
          const choices = ops.topK(logits, 1);
          const weights = ops.mul(probabilities, choices[0]);
          return {
            logits,
            scores: logits,
            probabilities,
            choices,
            weights,
            ...own(ops, training, choices[0]),
          };
        },
        ...more,
      }) as unknown as GateDefinition<Params>,
  )();

test('a gate that does in training what it does in evaluation is found to', () => {
  const alike = gate('alikeGate', () => ({}));
  expect(besideForm(alike, 3, 4)).toEqual({ trainsAlike: true, counts: [], renormalizeAfterDrop: false });
  const later = gate('laterGate', () => ({ renormalizeAfterDrop: true }));
  expect(besideForm(later, 3, 4)).toEqual({ trainsAlike: true, counts: [], renormalizeAfterDrop: true });
});

test('noise, other weights, state and a look at the batch are found', () => {
  const trained = { trainsAlike: false, counts: [], renormalizeAfterDrop: false };
  const noisy = gate('noisyGate', (ops, training) =>
    training ? { weights: ops.noise('normal', ops.constant(1)) } : {},
  );
  const other = gate('otherGate', (ops, training) => (training ? { weights: ops.constant(2) } : {}));
  const observing = gate('observingGate', (ops, training) =>
    training ? { observed: { load: ops.constant(1) } } : {},
  );
  const stateful = gate('statefulGate', () => ({}), { update: () => ({}) });
  const looking = gate('lookingGate', () => ({}), { readsBatch: 'training' });
  for (const found of [noisy, other, observing, stateful, looking])
    expect(besideForm(found, 3, 4), found.kind).toEqual(trained);
});

test('a gate that observes how many tokens its experts have is found to, and one that observes others is not', () => {
  const observes = (kind: string, of: (ops: GateOps<unknown>, best: unknown) => unknown) =>
    gate(kind, (ops, training, best) => (training ? { observed: { load: of(ops, best) } } : {}), {
      update: () => ({}),
    });
  const counting = observes('countingGate', (ops, best) => ops.sumTokens(best));
  expect(besideForm(counting, 3, 4)).toEqual({
    trainsAlike: true,
    counts: ['load'],
    renormalizeAfterDrop: false,
  });
  const mean = observes('meanGate', (ops, best) => ops.meanTokens(best));
  const all = observes('allGate', (ops, best) => ops.sumTokens(ops.sumExperts(best)));
  for (const other of [mean, all])
    expect(besideForm(other, 3, 4), other.kind).toMatchObject({ trainsAlike: false, counts: [] });
});

test('a routing that has more than forms have, or none without noise, is not known', () => {
  expect(
    besideForm(
      gate('loadedGate', (ops) => ({ load: ops.constant(1) })),
      3,
      4,
    ),
  ).toBeUndefined();
  expect(
    besideForm(
      gate('alwaysNoisyGate', (ops) => ({ weights: ops.noise('normal', ops.constant(1)) })),
      3,
      4,
    ),
  ).toBeUndefined();
});
