import { paramSize } from '@tfjs-moe/core';
import { assertFinite } from '@tfjs-moe/core/testing';
import { matrixOf, singularValues } from '@tfjs-moe/numerics';
import { fixedCopies } from '../gauge/fixed-copies.ts';
import { gateGauge } from '../gauge/gate-gauge.ts';
import { type MixingMeasure, measureSpecs } from '../measure/mixing-measure.ts';
import { mixtureTape, numbersOf } from '../tape/mixture.ts';
import { compile } from '../tape/program.ts';
import type { Node } from '../tape/tape.ts';

/** What a measure is differentiated as: the weights of its gate, the outputs of its experts, or its function. */
export type Differentiated = (tape: ReturnType<typeof mixtureTape>) => readonly Node[];

/** Of the largest singular value: below it a direction is not seen. */
const UNSEEN = 1e-9;

/**
 * The rank of the derivatives of some nodes by some of a measure's numbers, at all rows: in how many directions these
 * numbers can be told apart. In float64 and therefore no proof, but nothing that it rests on knows of traits.
 * @throws Error where a derivative is NaN or infinite
 * @param places indices in all numbers of the gate, then of the experts
 */
export function derivativeRank(
  measure: MixingMeasure,
  nodes: Differentiated,
  places: readonly number[],
  rows: readonly (readonly number[])[],
): number {
  const mixture = mixtureTape(measure);
  const inputs = Array.from({ length: measure.inputDim }, (_, d) =>
    Float64Array.from(rows, (row) => row[d]!),
  );
  const columns = places.map((): number[] => []);
  for (const node of nodes(mixture)) {
    const options = { differentiate: node, parameters: places, block: rows.length };
    const program = compile(mixture.tape, [node], options);
    program.setParameters(numbersOf(measure));
    program.run(inputs, 0, rows.length);
    places.forEach((place, j) => {
      const derivative = program.derivative(place) ?? new Float64Array(rows.length);
      columns[j]!.push(...derivative.slice(0, rows.length));
    });
  }
  const scaled = columns.map((column) => {
    assertFinite(column, 'derivatives');
    const length = Math.hypot(...column) || 1;
    return column.map((value) => value / length);
  });
  const { values } = singularValues(matrixOf(scaled));
  return values.filter((value) => value > UNSEEN * values[0]!).length;
}

/** Places of the gate's numbers that are free: learned, with a part in evaluation, and not fixed by the gauge. */
export function freePlacesOfGate(measure: MixingMeasure): number[] {
  const { gate, inputDim, experts } = measure;
  const fixed = new Set(fixedCopies(gate, inputDim, experts).map(({ name, copy }) => `${name}#${copy}`));
  const { idle } = gateGauge(gate, inputDim, experts);
  let next = 0;
  return Object.entries(measureSpecs(measure).gate).flatMap(([name, spec]) =>
    Array.from({ length: spec.copies * paramSize(spec) }, (_, i) => {
      const place = next++;
      const isFixed = fixed.has(`${name}#${Math.floor(i / paramSize(spec))}`);
      return spec.trainable === false || isFixed || idle.includes(name) ? [] : [place];
    }).flat(),
  );
}

/** Places of the experts' numbers that are learned. */
export function freePlacesOfExperts(measure: MixingMeasure): number[] {
  const specs = measureSpecs(measure);
  let next = Object.values(measure.gateParams).flat().length;
  return Object.values(specs.expert).flatMap((spec) =>
    Array.from({ length: spec.copies * paramSize(spec) }, () => {
      const place = next++;
      return spec.trainable === false ? [] : [place];
    }).flat(),
  );
}
