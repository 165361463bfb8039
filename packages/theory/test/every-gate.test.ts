/** Every kind of gate of the library: what is called dependent is so by other means, and what has no answer says why. */
import type { Gate } from '@tfjs-moe/core';
import { ffn } from '@tfjs-moe/experts';
import * as gates from '@tfjs-moe/gates';
import {
  derivativeRank,
  freePlacesOfExperts,
  freePlacesOfGate,
  randomRows,
} from '@tfjs-moe/measures/testing';
import { identifiability, rates } from '@tfjs-moe/theory';
import { describe, expect, test } from 'vitest';
import { builtInGates } from '../../measures/test/built-ins.ts';

const expert = ffn({ hiddenUnits: [], activation: 'tanh', outputWeights: false });
const [inputDim, experts] = [2, 4];
/** Millions of operations; what needs more is inconclusive. */
const budget = 1000;

/** Gates of which a token alone has a routing, with the verdict of first order; beside those of `builtInGates`. */
const judged: readonly (readonly [Gate, 'independent' | 'dependent' | 'inconclusive'])[] = [
  [gates.minP({ renormalize: true }), 'independent'],
  // Of one group, and of both its experts: a common shift inside a group moves the choice of the group alone.
  [gates.groupLimitedTopK({ groups: 2 }), 'dependent'],
  [gates.expertThreshold({ k: 1 }), 'independent'],
  [gates.quantileBalancing({ k: 1 }), 'independent'],
  [gates.reMoe(), 'independent'],
  [gates.sinkhorn({ k: 2 }), 'independent'],
  [gates.dselectK(), 'inconclusive'],
  [gates.sparseMixer({ jitter: 0.4 }), 'inconclusive'],
  [gates.productKeys({ keySize: 2 }), 'inconclusive'],
];

const OTHERS = 'its routing depends on the other tokens of a batch';

/** Gates that route no token alone: asked for a function of an input, they say by name what they lack. */
const refused: readonly (readonly [Gate, string])[] = [
  [gates.expertChoice(), OTHERS],
  [gates.mixtureOfDepths({ per: 'batch' }), OTHERS],
  [gates.sequenceTopK({ k: 1 }), OTHERS],
  [gates.sequenceTopK({ k: 1, per: 'batch' }), OTHERS],
  [gates.softMoe(), OTHERS],
  [gates.hash({ vocabulary: 4, k: 2 }), 'hash: needs the side input tokenId'],
];

const named = <T>(table: readonly (readonly [Gate, T])[]) =>
  table.map(([gate, answer]) => [gate.kind, answer, gate] as const);

test('every kind of gate is in one of the tables', () => {
  const kinds = Object.entries(gates).flatMap(([name, factory]) =>
    'kind' in factory && !name.endsWith('Router') ? [factory.kind as string] : [],
  );
  const here = [...judged, ...refused].map(([{ kind }]) => kind);
  const before = builtInGates().map(([, { kind }]) => kind);
  expect([...new Set([...here, ...before])].sort()).toEqual(kinds.sort());
});

describe('a gate that routes a token by itself', () => {
  test.each(named(judged))('%s: %s', (_kind, expected, gate) => {
    const { firstOrder, parameters } = identifiability({ gate, expert, inputDim, experts, budget });
    const measure = { gate, expert, inputDim, experts, ...parameters };
    const free = [...freePlacesOfGate(measure), ...freePlacesOfExperts(measure)];
    const rank = derivativeRank(measure, ({ means }) => means, free, randomRows(200, inputDim));
    if (firstOrder.verdict === 'dependent') expect(rank).toBeLessThan(free.length);
    expect(firstOrder.verdict).toBe(expected);
  });
});

describe('a gate that routes no token by itself', () => {
  test.each(named(refused))('%s: %s', (_kind, words, gate) => {
    const many = gate.kind === 'mixtureOfDepths' ? 1 : experts;
    expect(() => identifiability({ gate, expert, inputDim, experts: many })).toThrow(words);
    expect(new Set(rates({ gate, expert }).rates.map(({ rate }) => rate))).toEqual(new Set(['unknown']));
  });
});
