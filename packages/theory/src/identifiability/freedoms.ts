import { stream } from '@tfjs-moe/core';
import { gateGauge, inGauge, type MixingMeasure, measureSpecs } from '@tfjs-moe/measures';
import { columns, columnsOf, jets, spreadColumn } from '@tfjs-moe/numerics';
import { heldOf } from '../mixture/held.ts';
import { tiesOf } from '../mixture/ties.ts';
import { parameterOf } from '../program/derivatives-of-program.ts';
import { mixtureProgram } from '../program/mixture-program.ts';
import { runProgram } from '../program/program.ts';
import type { NamedRelation } from '../verdict/relation.ts';
import { parameterValues, withValues } from './parameter-values.ts';
import { simpleRatio } from './simple-ratio.ts';

/**
 * A change of several parameters that leaves the function as it is. `scale`: each is multiplied by a power of one factor;
 * `shift`: a multiple of one number is added to each; both were evaluated at several factors. `direction`: known to first
 * order alone, at the parameters that were asked about.
 */
export interface ParameterFreedom {
  readonly kind: 'scale' | 'shift' | 'direction';
  /** Powers, multiples, or the entries of a direction, by the name of the parameter. */
  readonly parameters: Readonly<Record<string, number>>;
  /** What to do without it: the parameter that is fixed for the others to be identifiable, and where. */
  readonly fixed: { readonly parameter: string; readonly at: number };
}

/** The same function with what the gauge fixes at 0, where the parameters that are left have the meaning that they are named for. */
export function atTheGauge(of: MixingMeasure): MixingMeasure {
  const gauge = gateGauge(of.gate, of.inputDim, of.experts);
  if ([...heldOf(of), ...tiesOf(of).keys()].some((label) => label.startsWith('gate/'))) return of;
  return { ...of, gateParams: inGauge(gauge, measureSpecs(of).gate, of.gateParams) };
}

/**
 * What a relation says of the parameters together.
 *
 * @param of with what the gauge fixes at 0
 * @param given the same function with the parameters that the relation was found at
 */
export function freedomOf(
  of: MixingMeasure,
  { left, terms }: NamedRelation,
  given: MixingMeasure,
): ParameterFreedom {
  const values = parameterValues(of);
  const first = parameterOf(left);
  const start = values.get(first)!;
  const entries = [
    [first, 1] as const,
    ...terms.map(({ label, coefficient }) => [parameterOf(label), -numberOf(coefficient)] as const),
  ];
  const powers = simple(entries.map(([name, c]) => [name, (c * start) / values.get(name)!]));
  const scaled = (c: number) => (value: number, power: number) => value * c ** power;
  if (powers && holds(of, values, powers, [scaled(1.5), scaled(0.75)]))
    return { kind: 'scale', parameters: powers, fixed: { parameter: first, at: Math.sign(start) || 1 } };
  const shifts = simple(entries);
  const shifted = (t: number) => (value: number, multiple: number) => value + t * multiple;
  if (shifts && holds(of, values, shifts, [shifted(0.5), shifted(-0.375)]))
    return { kind: 'shift', parameters: shifts, fixed: { parameter: first, at: 0 } };
  return {
    kind: 'direction',
    parameters: Object.fromEntries(entries),
    fixed: { parameter: first, at: parameterValues(given).get(first)! },
  };
}

const numberOf = (c: NamedRelation['terms'][number]['coefficient']): number =>
  typeof c === 'number' ? c : Number(c.numerator) / Number(c.denominator);

/** Numbers that are all simple fractions, as the fractions that they are. */
function simple(
  entries: readonly (readonly [name: string, value: number])[],
): Record<string, number> | undefined {
  const found = entries.map(([name, value]) => [name, simpleRatio(value)] as const);
  if (found.some(([, ratio]) => ratio === undefined)) return undefined;
  return Object.fromEntries(found.map(([name, ratio]) => [name, ratio![0] / ratio![1]]));
}

/** Whether the function stays as it is under some changes of the parameters. */
function holds(
  of: MixingMeasure,
  values: ReadonlyMap<string, number>,
  parameters: Readonly<Record<string, number>>,
  changes: readonly ((value: number, by: number) => number)[],
): boolean {
  const before = outputsOf(of);
  return changes.every((change) => {
    const moved = Object.entries(parameters).map(
      ([name, by]) => [name, change(values.get(name)!, by)] as const,
    );
    const after = outputsOf(withValues(of, new Map(moved)));
    return before.every((value, n) => Math.abs(value - after[n]!) <= SAME * Math.max(1, Math.abs(value)));
  });
}

/** How far functions may be apart that are called equal, in parts of their size. */
const SAME = 1e-9;
const ROWS = 48;

/** The function that is meant, without guards of floating point, at some inputs in float64. */
function outputsOf(of: MixingMeasure): readonly number[] {
  const random = stream(0, 'combinations');
  const rows = Array.from({ length: ROWS }, (_, n) =>
    Array.from({ length: of.inputDim }, () => (n % 2 === 0 ? 1 : 4) * random.normal()),
  );
  const { steps, output, parameters } = mixtureProgram(of);
  const constant = <S>(value: S) => ({ value, support: [], gradient: [], hessian: [] });
  const inputs = columnsOf(rows).map(constant);
  const values = parameters.map(({ value }) => constant<number | Float64Array>(value));
  const [{ value }] = [runProgram(steps, jets(columns, 0), inputs, values)[output]!];
  return [...spreadColumn(value, ROWS)];
}
