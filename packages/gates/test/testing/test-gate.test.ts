import {
  type AnyParams,
  defineGate,
  type GateDefinition,
  type GateOps,
  type Named,
  type Routing,
  type RoutingContext,
} from '@tfjs-moe/core';
import { softmax, topK } from '@tfjs-moe/gates';
import { type TestGateOptions, testGate } from '@tfjs-moe/gates/testing';
import { describe, expect, test } from 'vitest';
import { failing } from '../../../core/test/failing.ts';

const sound = softmax();

/** The tests that fail when a softmax gate's routing is tampered with. */
function broken(
  tamper: <V>(routing: Routing<V>, ops: GateOps<V>, context: RoutingContext, x: V) => Partial<Routing<V>>,
  options: TestGateOptions = {},
  change: Partial<GateDefinition> = {},
): string[] {
  const gate = defineGate('suiteGate', () => ({
    config: {},
    params: sound.params,
    expertsPerToken: (experts) => experts,
    route<V>(ops: GateOps<V>, x: V, p: Named<AnyParams, V>, context: RoutingContext) {
      const { logWeights: _, ...routing } = sound.route(ops, x, p, context);
      return { ...routing, ...tamper(routing, ops, context, x) };
    },
    ...change,
  }))();
  return failing((runner) => testGate(runner, gate, options));
}

describe('testGate', () => {
  test('passes a sound gate', () => {
    expect(broken(() => ({}))).toEqual([]);
    expect(broken(() => ({}), { translationInvariant: true })).toEqual([]);
  });

  test('catches parameters with a wrong number of copies', () => {
    const params = (inputDim: number) => sound.params(inputDim, 7);
    expect(broken(() => ({}), {}, { params })).toContain('has well-formed parameters');
  });

  test('catches a wrong number of experts per token', () => {
    expect(broken(() => ({}), {}, { expertsPerToken: () => 0 })).toContain(
      'says how many experts a token can have',
    );
    expect(broken(() => ({}), {}, { expertsPerToken: () => 2 })).toContain(
      'selects with disjoint masks, and not too many experts',
    );
    const gate = topK({ k: 3, weighting: topK({ k: 2 }) });
    expect(failing((runner) => testGate(runner, gate, { exact: true }))).toEqual([]);
  });

  test('catches tables of a wrong shape', () => {
    expect(broken(({ weights }, ops) => ({ weights: ops.meanTokens(weights) }))).toContain(
      'returns tables of tokens and experts',
    );
  });

  test('catches probabilities that are no distribution', () => {
    const tampered = broken(({ probabilities }, ops) => ({
      probabilities: ops.mul(ops.constant(0.9), probabilities),
    }));
    expect(tampered).toEqual(['returns a distribution over the experts', 'is finite at huge logits']);
  });

  test('catches masks that overlap or are no masks', () => {
    const name = 'selects with disjoint masks, and not too many experts';
    expect(broken(({ choices }) => ({ choices: [...choices, ...choices] }))).toContain(name);
    expect(broken(({ probabilities }) => ({ choices: [probabilities] }))).toContain(name);
    expect(broken(() => ({ choices: [] }))).toContain(name);
  });

  test('catches weight where nothing is selected, and none where something is', () => {
    const name = 'has positive weights where it selects and zero elsewhere';
    expect(broken(({ scores }, ops) => ({ choices: ops.topK(scores, 2), selectsAll: false }))).toEqual([
      name,
    ]);
    expect(broken(({ weights }, ops) => ({ weights: ops.mul(ops.constant(0), weights) }))).toContain(name);
  });

  test('catches logarithms and undivided weights of other weights', () => {
    const name = 'has logarithms and undivided weights that agree with its weights, where it has them';
    expect(broken(({ logits }) => ({ logWeights: logits }))).toEqual([]);
    expect(broken(({ logits }, ops) => ({ logWeights: ops.add(logits, logits) }))).toEqual([name]);
    expect(broken(({ weights }, ops) => ({ unnormalized: ops.mul(ops.constant(3), weights) }))).toEqual([]);
    expect(broken(({ weights }, ops) => ({ unnormalized: ops.mul(weights, weights) }))).toEqual([name]);
  });

  test('catches a load that is no probability', () => {
    expect(broken(({ logits }) => ({ load: logits }))).toContain(
      'has a load between 0 and 1, where it has one',
    );
  });

  test('catches overflow', () => {
    expect(broken(({ logits }, ops) => ({ scores: ops.exp(logits) }))).toEqual(['is finite at huge logits']);
  });

  test('catches noise in evaluation, noise without notice and a lack of noise', () => {
    const noisy = <V>({ weights }: Routing<V>, ops: GateOps<V>) => ({
      weights: ops.mul(weights, ops.noise('uniform', weights)),
    });
    expect(broken(noisy)).toContain('is deterministic in evaluation');
    const training = <V>(routing: Routing<V>, ops: GateOps<V>, context: RoutingContext) =>
      context.training ? noisy(routing, ops) : {};
    expect(broken(training)).toEqual(['is the same in training and evaluation']);
    expect(broken(training, { noisy: true })).toEqual([]);
    expect(broken(() => ({}), { noisy: true })).toEqual(['draws noise while training']);
  });

  test('catches noise in the clean logits', () => {
    const tamper = <V>({ logits, weights }: Routing<V>, ops: GateOps<V>, { training }: RoutingContext) =>
      training
        ? {
            logits: ops.add(logits, ops.noise('normal', logits)),
            weights: ops.mul(weights, ops.noise('uniform', weights)),
          }
        : {};
    expect(broken(tamper, { noisy: true })).toEqual(['draws noise while training']);
  });

  test('catches influence of other tokens, padding or not', () => {
    const centred = broken(({ scores }, ops) => ({ scores: ops.sub(scores, ops.meanTokens(scores)) }));
    expect(centred).toEqual([
      'answers NaN for a token with a NaN, and changes nothing for the others',
      'routes a token alone as in a batch',
    ]);
    const unmasked = broken(({ scores }, ops, _context, x) => ({
      scores: ops.add(scores, ops.meanTokens(x) === x ? scores : allTokens(ops, x)),
    }));
    expect(unmasked).toContain('does not let padding influence other tokens');
  });

  test('catches a gate that does not read the batch, replay choices or keep state as it says', () => {
    const none = () => ({});
    expect(broken(none, {}, { readsBatch: 'always' })).toEqual(['reads the batch, as it says']);
    expect(broken(none, {}, { readsBatch: 'training' })).toEqual(['reads the batch while training']);
    const two = <V>({ scores, weights }: Routing<V>, ops: GateOps<V>) => {
      const choices = ops.topK(scores, 2);
      const selected = choices.reduce((all, choice) => ops.add(all, choice));
      return { choices, selectsAll: false, weights: ops.mul(weights, selected) };
    };
    expect(broken(two)).toEqual([]);
    expect(broken(two, {}, { replays: true })).toEqual(['uses the choices of an earlier routing']);
    const update = <V>(_ops: GateOps<V>, p: Named<AnyParams, V>) => ({ bias: p.bias! });
    expect(broken(none, {}, { update })).toEqual(['updates its state, and nothing else']);
  });

  test('catches NaN that is hidden by a comparison, and masks that are made of it', () => {
    const ofToken = 'answers NaN for a token with a NaN, and changes nothing for the others';
    const ofParameter = 'answers NaN for the tokens that a parameter of NaN routes';
    const even = broken(({ weights }, ops) => ({ weights: ops.greater(weights, ops.constant(0)) }));
    expect(even).toEqual([ofToken, ofParameter]);
    const masks = broken(({ choices: [all], logits }, ops) => ({
      choices: [ops.add(all!, ops.mul(ops.constant(0), logits))],
    }));
    expect(masks).toEqual([ofToken, ofParameter]);
  });

  test('catches a selection of all experts that is none', () => {
    const tampered = broken(({ weights, choices: [all] }, ops) => {
      const large = ops.greater(weights, ops.constant(0.1));
      return { choices: [ops.mul(all!, large)], weights: ops.mul(weights, large) };
    });
    expect(tampered).toContain('selects with disjoint masks, and not too many experts');
  });

  test('catches experts that are treated differently', () => {
    const tamper = <V>({ weights, scores }: Routing<V>, ops: GateOps<V>) => {
      const [first] = ops.topK(ops.mul(ops.constant(0), scores), 1);
      return { weights: ops.mul(weights, ops.add(ops.constant(1), first!)) };
    };
    expect(broken(tamper)).toEqual(['treats the experts alike']);
    expect(broken(tamper, { permutable: false })).toEqual([]);
  });

  test('catches a dependence on the common shift of the biases', () => {
    const tamper = <V>({ weights, logits }: Routing<V>, ops: GateOps<V>) => ({
      weights: ops.mul(weights, ops.activation('sigmoid', logits)),
    });
    expect(broken(tamper)).toEqual([]);
    expect(broken(tamper, { translationInvariant: true })).toEqual([
      'does not change when all biases move together',
    ]);
  });
});

/** Something that adds up all tokens, padding included: the first token's features, which are padding in the suite. */
function allTokens<V>(ops: GateOps<V>, x: V): V {
  const { features, data } = x as unknown as { features: number; data: Float64Array };
  return ops.constant(data.subarray(0, features).reduce((sum, value) => sum + value, 0));
}
