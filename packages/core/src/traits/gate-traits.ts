import type { Numbers } from '../params.ts';
import type { GateForm } from './gate-form.ts';

/**
 * What a gate says of itself beside its formula. Every member is optional, and whoever reads one can do without;
 * `testGate` holds each against the formula.
 */
export interface GateTraits {
  /** How its weights are written. Its gauge follows from it and from the traits of the router. */
  readonly form?: GateForm | undefined;
  /**
   * The form of a gate that sees as much of the parameters, for gates without a form: their weights are made of that gate's,
   * as those above a threshold are. The gauge is the gauge of that form.
   */
  readonly sees?: GateForm | undefined;
  /** The changes of its parameters that it does not see; for gates without a form that see what none of the forms does. */
  gauge?(inputDim: number, experts: number): readonly Freedom[];
}

/**
 * A freedom of a gate: displacements t of all its parameters together that change no weight, at any input. Some parameters
 * are fixed by convention so that the others are determined; t has a number for each of their entries, in their order.
 */
export interface Freedom {
  /** Copies of parameters that are fixed. */
  readonly fixed: readonly ParameterCopy[];
  /** The gate's numbers after a displacement that adds t to those of `fixed`. */
  move(numbers: Numbers, t: readonly number[]): Numbers;
}

/** One copy of a parameter: of the expert or group with this index. */
export interface ParameterCopy {
  readonly name: string;
  readonly copy: number;
}
