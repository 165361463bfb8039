/**
 * How many parameters one image's prediction takes: what a mixture costs, as opposed to what it stores.
 *
 * Of a mixture that is the gate, which scores every expert, and the experts that an image is sent to.
 */
import { type Expert, type Gate, type GateParamSpec, type ParamSpec, paramSize } from '@tfjs-moe/core';

/** Parameters of a mixture layer that take part in one prediction. */
export function activeParameters(
  gate: Gate,
  expert: Expert,
  { experts, inputs, units }: { experts: number; inputs: number; units: number },
): number {
  const gateSpecs: GateParamSpec[] = Object.values(gate.params(inputs, experts));
  const expertSpecs: ParamSpec[] = Object.values(expert.params(inputs, units));
  const copiesOf = ({ shared }: ParamSpec): number => (shared ? 1 : gate.expertsPerToken(experts));
  return (
    sum(gateSpecs.map((spec) => spec.copies * paramSize(spec))) +
    sum(expertSpecs.map((spec) => copiesOf(spec) * paramSize(spec)))
  );
}

/** Parameters of dense layers with biases, from inputs over hidden widths to outputs. */
export function denseParameters(widths: readonly number[]): number {
  return sum(widths.slice(1).map((width, layer) => ((widths[layer] ?? 0) + 1) * width));
}

/**
 * The width for which a network has the number of parameters nearest to the wanted one.
 * @param parameters grows linearly with the width
 */
export function matchingWidth(wanted: number, parameters: (width: number) => number): number {
  const base = parameters(0);
  const perUnit = parameters(1) - base;
  return Math.max(1, Math.round((wanted - base) / perUnit));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
