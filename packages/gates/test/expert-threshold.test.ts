import { tableOf } from '@tfjs-moe/core';
import { drawnRows } from '@tfjs-moe/core/testing';
import { expertThreshold, hierarchical, softmax, topK } from '@tfjs-moe/gates';
import { testGate } from '@tfjs-moe/gates/testing';
import { describe, expect, test } from 'vitest';
import { routeLogits } from './given-logits.ts';
import { golden } from './golden-cases.ts';
import { addUp, updatedBy } from './updated-state.ts';

const runner = { describe, test };
testGate(runner, expertThreshold());
testGate(runner, expertThreshold({ k: 1.5, weighting: softmax() }));
testGate(runner, expertThreshold({ weighting: topK({ k: 3 }) }));
testGate(runner, hierarchical({ groups: 2, inner: expertThreshold({ k: 1 }) }), { permutable: false });

const { in: given, out } = golden.expert_threshold;
const experts: number = given.threshold.length;
const logits: number[][] = given.scores.map((row: number[]) => row.map((s) => Math.log(s / (1 - s))));
const gate = expertThreshold({ k: given.k, decay: given.ema });
/** The state of a gate that has made many steps. */
const later = { threshold: given.threshold, threshold_steps: [1000] };

describe('expertThreshold', () => {
  test('has the golden numbers', () => {
    const routing = routeLogits(gate, logits, { training: true, data: later });
    expect(tableOf(routing.choices[0]!)).toEqual(out.mask);
    tableOf(routing.weights).forEach((row, t) => {
      row.forEach((weight, e) => {
        expect(weight).toBeCloseTo(given.scores[t][e] * out.mask[t][e], 12);
      });
    });
    const { threshold, threshold_steps } = updatedBy(gate, experts, later, routing.observed!);
    threshold!.forEach((value, e) => {
      expect(value).toBeCloseTo(out.threshold_next[e], 7);
    });
    expect(threshold_steps).toEqual([1001]);
  });

  test('routes a batch in training as it will in evaluation', () => {
    const [trained, evaluated] = [true, false].map((training) =>
      routeLogits(gate, logits, { training, data: later }),
    );
    const { observed: _, ...routing } = trained!;
    expect(routing).toEqual(evaluated);
    expect(gate.readsBatch).toBeUndefined();
  });

  test('settles where every expert has its share, whatever its logits are centred at', () => {
    const rows = drawnRows(80, 4, 1).map((row) => row.map((z, e) => z + 2 * e));
    const by = expertThreshold({ k: 1 });
    let state: Record<string, number[]> = { threshold: [0, 0, 0, 0], threshold_steps: [0] };
    const shares: number[] = [];
    for (let step = 0; step < 3; step++) {
      const { observed, choices } = routeLogits(by, rows, { training: true, data: state });
      shares.push(choices[0]!.data.reduce((sum, entry) => sum + entry, 0));
      state = updatedBy(by, 4, state, observed!);
    }
    // Every expert at first, and a quarter of the tokens each from the first step on.
    expect(shares).toEqual([320, 80, 80]);
  });

  test('leaves out padding and tokens of NaN, and stays where there is nothing else', () => {
    const rows = drawnRows(12, 4, 2);
    const broken = rows.map((row, t) => (t % 3 === 0 ? row.map(() => (t === 3 ? Number.NaN : 1e3)) : row));
    const mask = rows.map((_, t) => (t % 3 === 0 && t !== 3 ? 0 : 1));
    const sound = rows.filter((_, t) => t % 3 !== 0);
    const by = expertThreshold({ k: 1 });
    const start = { threshold: [0.1, 0.2, 0.3, 0.4], threshold_steps: [4] };
    const next = (x: number[][], of: number[]) =>
      updatedBy(by, 4, start, routeLogits(by, x, { training: true, mask: of }).observed!);
    expect(next(broken, mask)).toEqual(
      next(
        sound,
        sound.map(() => 1),
      ),
    );
    expect(
      next(
        rows,
        rows.map(() => 0),
      ).threshold,
    ).toEqual(start.threshold);
  });

  test('takes the mean of the quantiles of batches that accumulate, by their tokens', () => {
    const rows = drawnRows(12, 4, 3);
    const by = expertThreshold({ k: 1, decay: 0 });
    const start = { threshold: [0, 0, 0, 0], threshold_steps: [9] };
    const observed = [rows.slice(0, 4), rows.slice(4)].map(
      (x) => routeLogits(by, x, { training: true }).observed!,
    );
    const [one, two] = observed.map((each) => updatedBy(by, 4, start, each).threshold!);
    updatedBy(by, 4, start, addUp(observed)).threshold!.forEach((value, e) => {
      expect(value).toBeCloseTo((one![e]! + 2 * two![e]!) / 3, 12);
    });
  });

  test('refuses what it cannot do', () => {
    expect(() => expertThreshold({ k: 0 })).toThrow('expertThreshold: k must be');
    expect(() => expertThreshold({ decay: 1 })).toThrow('decay must be a finite number');
    expect(() => expertThreshold({ speed: 1 } as object)).toThrow('speed');
  });
});
