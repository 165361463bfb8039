import { groupLimitedTopK, sigmoid, softmax, topK } from '@tfjs-moe/gates';
import { testGate } from '@tfjs-moe/gates/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chosen, routeLogits } from './given-logits.ts';

const runner = { describe, test };
const grouped = { exact: true, permutable: false };
testGate(runner, groupLimitedTopK({ groups: 3 }), { ...grouped, translationInvariant: true });
testGate(
  runner,
  groupLimitedTopK({ groups: 2, keep: 1, weighting: 'sigmoid', selectionBias: true }),
  grouped,
);
testGate(
  runner,
  groupLimitedTopK({ groups: 3, best: 1, k: 3, renormalize: 'never', weightScale: 16 }),
  grouped,
);
testGate(runner, groupLimitedTopK({ groups: 3, rest: 'zero', weighting: sigmoid() }), grouped);

const GROUPS = 3;
const SIZE = 4;
const biases = fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: 12, maxLength: 12 });
const logits = fc.array(fc.double({ min: -9, max: 9, noNaN: true }), { minLength: 12, maxLength: 12 });

describe('groupLimitedTopK', () => {
  test('selects the best of the best groups, by plain sorting', () => {
    fc.assert(
      fc.property(
        logits,
        biases,
        fc.integer({ min: 1, max: GROUPS }),
        fc.integer({ min: 1, max: SIZE }),
        (row, bias, keep, best) => {
          const values = row.map((z, e) => 1 / (1 + Math.exp(-z)) + bias[e]!);
          const order = (keys: number[]) =>
            keys.map((_, i) => i).sort((a, b) => keys[b]! - keys[a]! || a - b);
          const members = Array.from({ length: GROUPS }, (_, g) => values.slice(g * SIZE, (g + 1) * SIZE));
          const sums = members.map((group) =>
            order(group)
              .slice(0, best)
              .reduce((sum, e) => sum + group[e]!, 0),
          );
          // Sums that differ by their rounding alone are anybody's.
          fc.pre(sums.every((a) => sums.every((b) => a === b || Math.abs(a - b) > 1e-9)));
          const kept = order(sums).slice(0, keep);
          const wanted = order(values).filter((e) => kept.includes(Math.floor(e / SIZE)));
          const gate = groupLimitedTopK({
            ...{ k: 3, groups: GROUPS, keep, best, weighting: 'sigmoid', selectionBias: true },
          });
          const routing = routeLogits(gate, [row], { data: { selection_bias: bias } });
          expect(chosen(routing)).toEqual([wanted.slice(0, 3)]);
        },
      ),
    );
  });

  test('with all groups is topK', () => {
    fc.assert(
      fc.property(logits, (row) => {
        const all = groupLimitedTopK({ groups: GROUPS, keep: GROUPS, weighting: softmax() });
        expect(routeLogits(all, [row]).weights).toEqual(routeLogits(topK(), [row]).weights);
      }),
    );
  });

  test('ties between groups go to the lower one', () => {
    expect(chosen(routeLogits(groupLimitedTopK({ groups: 2 }), [[1, 0, 1, 0]]))).toEqual([[0, 1]]);
  });

  test('refuses groups that do not suit the experts', () => {
    const make = (options: object) => groupLimitedTopK({ groups: 4, ...options }).params(2, 8);
    expect(() => make({ groups: 3 })).toThrow('the number of experts (8) over groups must be an integer');
    expect(() => make({ keep: 5 })).toThrow('keep must be an integer between 1 and 4. Received: 5.');
    expect(() => make({ best: 3 })).toThrow('best must be an integer between 1 and the size of a group (2).');
    expect(() => make({ k: 5 })).toThrow('k must be an integer between 1 and the experts of 2 groups (4).');
    expect(() => make({ biasInSelection: false })).toThrow('biasInSelection: false needs');
    expect(() => make({ group: 3 })).toThrow('unknown option "group" (did you mean');
  });
});
