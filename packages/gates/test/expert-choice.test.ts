import { type ArrayValue, tableOf } from '@tfjs-moe/core';
import { drawnRows } from '@tfjs-moe/core/testing';
import { expertChoice, sigmoid, topK } from '@tfjs-moe/gates';
import { testGate } from '@tfjs-moe/gates/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { routeLogits } from './given-logits.ts';
import { golden } from './golden-cases.ts';

const runner = { describe, test };
testGate(runner, expertChoice());
testGate(runner, expertChoice({ per: 'sequence', capacityFactor: 1.5, weighting: sigmoid() }));
testGate(runner, expertChoice({ weighting: topK({ k: 3 }), round: 'down' }));

/** How many tokens each expert has. */
const taken = ([mask]: readonly ArrayValue[]) =>
  tableOf(mask!).reduce((counts, row) => counts.map((count, e) => count + row[e]!));

describe('expertChoice', () => {
  test('has the golden numbers', () => {
    const { in: given, out } = golden.expert_choice;
    const experts = given.logits[0].length;
    const capacityFactor = (given.C * experts) / given.logits.length;
    const routing = routeLogits(expertChoice({ capacityFactor }), given.logits);
    const weights = tableOf(routing.weights);
    out.tokens_of_expert.forEach((tokens: number[], e: number) => {
      const own = weights.map((row, t) => [t, row[e]!] as const).filter(([, weight]) => weight > 0);
      expect(own.map(([t]) => t).sort()).toEqual([...tokens].sort());
      for (const [t, weight] of own) expect(weight).toBeCloseTo(out.weights[e][tokens.indexOf(t)], 12);
    });
  });

  test('gives every expert the same number of tokens, padding not among them', () => {
    const mask = [1, 1, 0, 1, 1, 1, 0, 1, 1, 1, 1, 1];
    fc.assert(
      fc.property(fc.nat(1000), fc.constantFrom('batch', 'sequence'), (seed, per) => {
        const gate = expertChoice({ capacityFactor: 1, per });
        const routing = routeLogits(gate, drawnRows(12, 4, seed), { mask, sequences: 3 });
        expect(taken(routing.choices)).toEqual([3, 3, 3, 3]);
        tableOf(routing.weights).forEach((row, t) => {
          if (mask[t] === 0) expect(row).toEqual([0, 0, 0, 0]);
        });
      }),
    );
  });

  test.each([
    ['up', 3],
    ['nearest', 2],
    ['down', 2],
  ] as const)('rounds %s', (round, tokens) => {
    const gate = expertChoice({ capacityFactor: 1.2, round });
    expect(taken(routeLogits(gate, drawnRows(8, 4, 1)).choices)).toEqual(new Array(4).fill(tokens));
  });

  test('does not look beyond its sequence', () => {
    const gate = expertChoice({ per: 'sequence', capacityFactor: 1 });
    const rows = drawnRows(8, 2, 3);
    const changed = rows.map((row, t) => (t < 4 ? row : row.map((z) => z + 5 * t)));
    const [before, after] = [rows, changed].map((x) =>
      tableOf(routeLogits(gate, x, { sequences: 2 }).weights),
    );
    expect(after!.slice(0, 4)).toEqual(before!.slice(0, 4));
    expect(() => routeLogits(gate, rows)).toThrow('needs an input of sequences');
  });

  test('says that it reads the batch', () => {
    expect(expertChoice().readsBatch).toBe('always');
  });
});
