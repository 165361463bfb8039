import { mapNames, type Numbers, paramSize } from '@tfjs-moe/core';
import { assert, assertClose, assertSameJson } from '@tfjs-moe/core/testing';
import { linear } from '@tfjs-moe/experts';
import { softmax } from '@tfjs-moe/gates';
import { canonical } from '../canonical/canonical.ts';
import { gateProbabilities, predict } from '../evaluate/evaluate.ts';
import { measureFromJSON, measureToJSON } from '../exchange/json.ts';
import { gateGauge, inGauge } from '../gauge/gate-gauge.ts';
import { unseenDirections } from '../gauge/unseen.ts';
import { type MixingMeasure, measureSpecs } from '../measure/mixing-measure.ts';
import { gateTraits } from '../reading/traits-of.ts';
import { isCompared } from '../voronoi/family.ts';
import { voronoiLoss } from '../voronoi/voronoi-loss.ts';
import type { DefinitionCheck } from './definition.ts';
import {
  type Differentiated,
  derivativeRank,
  freePlacesOfExperts,
  freePlacesOfGate,
} from './derivative-rank.ts';
import { randomMeasure, randomRows } from './random-measure.ts';

/** A ReLU may be off, and an expert not selected, at all rows; not at all of these numbers. */
const seeds = [1, 2, 3, 4];

/** Rows at which derivatives are taken. */
const ROWS = 150;

/** Of the same function in other numbers, as parts of its largest value. */
const CLOSE = 1e-8;

/** What must hold of a measure with any gate and any expert. */
export const measureChecks: readonly DefinitionCheck[] = [
  {
    name: 'a change along its gauge changes no weight',
    run(shape) {
      const measure = randomMeasure(shape, { seed: 5 });
      const rows = randomRows(20, shape.inputDim);
      const before = gateProbabilities(measure, rows);
      const moved = alongGauge(measure, 0.7);
      assertClose(gateProbabilities(moved, rows), before, 'probabilities', 1e-10);
    },
  },
  {
    name: 'nothing of the gate is unseen but what is known of',
    run(shape) {
      const gauge = gateGauge(shape.gate, shape.inputDim, shape.experts);
      const measures = seeds.map((seed) => {
        const drawn = randomMeasure(shape, { seed, scale: 0.6 });
        return { ...drawn, gateParams: inGauge(gauge, measureSpecs(drawn).gate, drawn.gateParams) };
      });
      const free = freePlacesOfGate(measures[0]!);
      expectRank(measures, free, ({ weights }) => weights, {
        what: 'the gate',
        known: unseenDirections({ ...shape, expert: linear() }),
        mend: 'declare traits.form or traits.gauge',
      });
    },
  },
  {
    name: 'nothing of an expert is unseen but what is known of',
    run({ expert, inputDim, units = 1 }) {
      const shape = { gate: softmax(), expert, inputDim, units, experts: 1 };
      const measures = seeds.map((seed) => randomMeasure(shape, { seed }));
      const free = freePlacesOfExperts(measures[0]!);
      expectRank(measures, free, ({ outputs }) => outputs.flat(), {
        what: 'the expert',
        known: unseenDirections(shape),
        mend: 'declare traits.units',
      });
    },
  },
  {
    name: 'its canonical form is the same function',
    run(shape) {
      for (const seed of seeds) {
        const measure = randomMeasure(shape, { seed });
        const apart = difference(canonical(measure), measure);
        assert(apart <= CLOSE, `the canonical form differs from the measure by ${apart}`);
      }
    },
  },
  {
    name: 'measures that differ by the gauge, and by the order of experts, have one canonical form',
    run(shape) {
      const measure = randomMeasure(shape, { seed: 2 });
      // What an order of experts is to a gate whose form is unknown, nobody knows.
      const isOrdered = gateTraits(shape.gate, shape.experts).form !== undefined;
      const other = alongGauge(isOrdered ? reversed(measure) : measure, -0.4);
      const [form, same] = [canonical(measure), canonical(other)];
      for (const part of ['gateParams', 'expertParams'] as const) {
        for (const [name, numbers] of Object.entries(form[part]))
          assertClose(same[part][name]!, numbers, `canonical ${name}`, CLOSE);
      }
    },
  },
  {
    name: 'is at distance 0 from itself',
    run(shape) {
      const measure = randomMeasure(shape, { seed: 3 });
      const options = isCompared(shape) ? {} : ({ loss: 'experts' } as const);
      const { value } = voronoiLoss(alongGauge(measure, 0.3), measure, options);
      assert(Math.abs(value) <= 1e-6, `the loss of a measure to itself is ${value}`);
    },
  },
  {
    name: 'survives JSON',
    run(shape) {
      const measure = randomMeasure(shape);
      const json = measureToJSON(measure);
      const back = measureFromJSON(JSON.parse(JSON.stringify(json)));
      assertSameJson(measureToJSON(back), json, 'measure from JSON');
      const rows = randomRows(20, shape.inputDim);
      assertClose(predict(back, rows), predict(measure, rows), 'predictions', 0);
    },
  },
];

function expectRank(
  measures: readonly MixingMeasure[],
  free: readonly number[],
  nodes: Differentiated,
  { what, known, mend }: { readonly what: string; readonly known: number; readonly mend: string },
): void {
  const rows = randomRows(ROWS, measures[0]!.inputDim);
  const rank = Math.max(...measures.map((measure) => derivativeRank(measure, nodes, free, rows)));
  const unseen = free.length - rank - known;
  assert(unseen <= 0, `${what} has ${unseen} directions that change nothing and that nobody named: ${mend}`);
  assert(unseen >= 0, `${what} sees ${-unseen} directions that are said to change nothing`);
}

/** The same weights, with every freedom of the gate moved. */
function alongGauge(measure: MixingMeasure, by: number): MixingMeasure {
  const { gate, inputDim, experts } = measure;
  const specs = measureSpecs(measure).gate;
  const gateParams = gateGauge(gate, inputDim, experts).freedoms.reduce((numbers, { fixed, move }) => {
    const size = fixed.reduce((sum, { name }) => sum + paramSize(specs[name]!), 0);
    return move(
      numbers,
      Array.from({ length: size }, (_, i) => by - 0.4 * by * i),
    );
  }, measure.gateParams);
  return { ...measure, gateParams };
}

/** The experts in reverse order, groups and their members alike. */
function reversed(measure: MixingMeasure): MixingMeasure {
  const specs = measureSpecs(measure);
  const turned = (named: typeof specs.gate, numbers: Numbers) =>
    mapNames(named, (spec, name) => {
      const size = paramSize(spec);
      const copies = Array.from({ length: spec.copies }, (_, copy) => spec.copies - 1 - copy);
      return copies.flatMap((copy) => numbers[name]!.slice(copy * size, (copy + 1) * size));
    });
  return {
    ...measure,
    gateParams: turned(specs.gate, measure.gateParams),
    expertParams: turned(specs.expert, measure.expertParams),
  };
}

/** The largest difference of two functions, as a part of the largest value. */
function difference(one: MixingMeasure, other: MixingMeasure): number {
  const rows = randomRows(20, one.inputDim);
  const [a, b] = [predict(one, rows), predict(other, rows)];
  const scale = Math.max(1, ...Array.from(b, Math.abs));
  return Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i]!))) / scale;
}
