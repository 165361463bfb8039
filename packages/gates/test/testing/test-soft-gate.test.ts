import {
  type AnyParams,
  defineGate,
  type GateDefinition,
  type GateOps,
  MoeError,
  type Named,
  type RoutingContext,
  type SoftRouting,
} from '@tfjs-moe/core';
import { softMoe } from '@tfjs-moe/gates';
import { type TestSoftGateOptions, testGate } from '@tfjs-moe/gates/testing';
import { expect, test } from 'vitest';
import { failing } from '../../../core/test/failing.ts';

const sound = softMoe({ slots: 2 });

type Tamper = <V>(
  soft: SoftRouting<V>,
  ops: GateOps<V>,
  context: RoutingContext<V>,
  p: Named<AnyParams, V>,
) => Partial<SoftRouting<V>>;

/** The tests that fail when what a Soft MoE gate mixes is tampered with. */
function broken(
  tamper: Tamper,
  change: Partial<GateDefinition> = {},
  options: TestSoftGateOptions = {},
): string[] {
  const gate = defineGate('suiteSoft', () => ({
    config: {},
    readsBatch: 'always',
    params: sound.params,
    expertsPerToken: (experts) => experts,
    route(): never {
      throw new MoeError('suiteSoft', 'routes none');
    },
    mix<V>(ops: GateOps<V>, x: V, p: Named<AnyParams, V>, context: RoutingContext<V>) {
      const soft = sound.mix!(ops, x, p, context);
      return { ...soft, ...tamper(soft, ops, context, p) };
    },
    ...change,
  }))();
  return failing((runner) => testGate(runner, gate, options));
}

const nothing = () => ({});
const softmaxes =
  'mixes by the softmax of its logits: over the tokens for a slot, over the slots for a token';

test('a sound gate that mixes tokens passes', () => {
  expect(broken(nothing)).toEqual([]);
});

test.each<[string, Tamper, string]>([
  [
    'slots that are distributions over the experts',
    ({ logits }, ops) => ({ dispatch: ops.softmax(logits) }),
    softmaxes,
  ],
  [
    'tokens that are distributions over the tokens',
    ({ logits }, ops) => ({ combine: ops.inSequences().softmaxTokens(logits) }),
    softmaxes,
  ],
  [
    'slots that weigh twice as much',
    ({ dispatch }, ops) => ({ dispatch: ops.mul(ops.constant(2), dispatch) }),
    softmaxes,
  ],
  ['logits of something else', ({ logits }, ops) => ({ logits: ops.exp(logits) }), softmaxes],
  [
    'slots of the batch, called those of a sequence',
    ({ logits }, ops) => ({ dispatch: ops.softmaxTokens(logits) }),
    'has slots of whom it says: of each sequence, or of the batch',
  ],
  [
    'slots of a sequence, called those of the batch',
    () => ({ perSequence: false }),
    'has slots of whom it says: of each sequence, or of the batch',
  ],
  [
    'padding in a slot',
    ({ logits }, ops) => {
      const masses = ops.exp(logits);
      return { dispatch: ops.div(masses, ops.add(ops.inSequences().sumTokens(masses), ops.constant(1e-9))) };
    },
    'puts no padding into a slot, and changes nothing for the other tokens',
  ],
  [
    'a mean over the batch in the logits',
    ({ logits }, ops) => {
      const other = ops.add(logits, ops.mul(logits, ops.inSequences().meanTokens(logits)));
      return {
        logits: other,
        dispatch: ops.inSequences().softmaxTokens(other),
        combine: ops.softmax(other),
      };
    },
    'answers NaN for a token with a NaN, which is in the way of no other',
  ],
  [
    'an expert that comes first',
    ({ logits }, ops, { experts }) => {
      const own = ops.add(logits, ops.expertNumbers(2 * experts));
      return { logits: own, dispatch: ops.inSequences().softmaxTokens(own), combine: ops.softmax(own) };
    },
    'treats the experts alike',
  ],
  [
    'noise in evaluation',
    ({ logits }, ops) => ({ combine: ops.softmax(ops.add(logits, ops.noise('normal', logits))) }),
    'is deterministic in evaluation',
  ],
  [
    'training that is another',
    ({ logits }, ops, { training }) =>
      training ? { combine: ops.softmax(ops.add(logits, logits)) } : { combine: ops.softmax(logits) },
    'is the same in training and evaluation',
  ],
  [
    'one row for all tokens',
    ({ combine }, ops) => ({ combine: ops.meanTokens(combine) }),
    'returns tables of tokens and slots',
  ],
])('testGate catches %s', (_, tamper, caught) => {
  expect(broken(tamper)).toContain(caught);
});

test('testGate catches a gate that mixes tokens and says something else of itself', () => {
  const told = 'gives every token every expert, and says so';
  expect(broken(nothing, { readsBatch: 'training' })).toContain(told);
  expect(broken(nothing, { expertsPerToken: () => 1 })).toContain(told);
  expect(broken(nothing, { route: (() => ({})) as never })).toContain('routes nothing, and says so by name');
  const params = (inputDim: number, experts: number) => sound.params(inputDim, experts + 1);
  expect(broken(nothing, { params })).toContain('has well-formed parameters');
  const forgetful = defineGate(
    'suiteForgetfulSoft',
    ({ per = 'sequence' }: { per?: 'batch' } | { per?: 'sequence' } = {}) => {
      const { readsBatch, params, expertsPerToken, route, mix } = softMoe({ per });
      return { readsBatch, params, expertsPerToken, route, mix, config: {} } as never;
    },
  );
  expect(failing((runner) => testGate(runner, forgetful({ per: 'batch' })))).toEqual([
    'is restored from its config with the same slots',
  ]);
  const idle = (inputDim: number, experts: number) => ({
    ...sound.params(inputDim, experts),
    idle: { shape: [1], initializer: { kind: 'zeros' }, copies: experts } as const,
  });
  expect(broken(nothing, { params: idle })).toContain('has no idle parameter');
});

test('testGate catches a gate that draws noise without notice, and one that draws none', () => {
  const noise: Tamper = ({ logits }, ops, { training }) => {
    const other = training ? ops.add(logits, ops.noise('normal', logits)) : logits;
    return { logits: other, dispatch: ops.inSequences().softmaxTokens(other), combine: ops.softmax(other) };
  };
  expect(broken(noise, {}, { noisy: true })).toEqual([]);
  expect(broken(noise)).toEqual(['is the same in training and evaluation']);
  expect(broken(nothing, {}, { noisy: true })).toEqual(['draws noise while training']);
});
