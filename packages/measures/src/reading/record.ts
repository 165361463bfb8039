import {
  type Expert,
  type Gate,
  mapNames,
  type ParamSpec,
  type ParamSpecs,
  type Router,
  type Routing,
  replicate,
} from '@tfjs-moe/core';
import type { Expression, Expressions } from './expression.ts';
import { expressions } from './expressions.ts';
import { fewestInputs } from './fewest-inputs.ts';
import { recorder } from './recorder.ts';

/** Sizes at which definitions are read: more than one of everything, so that no axis hides. */
const INPUTS = 3;
const UNITS = 2;

type Specs = Readonly<Record<string, ParamSpec>>;

/** A router's score or an expert's output as text. */
export interface Recorded {
  readonly of: Expressions;
  readonly specs: Readonly<Record<string, ParamSpec>>;
  readonly inputs: number;
  readonly expression: Expression;
}

/** A gate's routing in evaluation as text. */
export interface RecordedGate {
  readonly gate: Gate;
  readonly of: Expressions;
  readonly specs: ParamSpecs;
  readonly inputs: number;
  readonly experts: number;
  readonly routing: Routing<Expression>;
}

/** Nothing where the score cannot be read: a definition may do more than Ops know. */
export function recordRouter(router: Router): Recorded | undefined {
  return attempt(() => {
    const of = expressions();
    const { inputs, specs } = fewestInputs<Specs>((inputDim) => router.params(inputDim), INPUTS);
    const expression = router.logit(recorder(of), inputOf(of, inputs), parametersOf(of, replicate(specs, 2)));
    return { of, specs, inputs, expression };
  });
}

/** Nothing where the output cannot be read. */
export function recordExpert(expert: Expert): Recorded | undefined {
  return attempt(() => {
    const of = expressions();
    const { inputs, specs } = fewestInputs<Specs>((inputDim) => expert.params(inputDim, UNITS), INPUTS);
    const expression = expert.apply(recorder(of), inputOf(of, inputs), parametersOf(of, replicate(specs, 2)));
    return { of, specs, inputs, expression };
  });
}

/** Nothing where the routing cannot be read, or not for so many experts. */
export function recordGate(gate: Gate, experts: number): RecordedGate | undefined {
  return attempt(() => {
    const of = expressions();
    const { inputs, specs } = fewestInputs<ParamSpecs>((inputDim) => gate.params(inputDim, experts), INPUTS);
    gate.expertsPerToken(experts);
    const routing = routed(gate, of, inputs, parametersOf(of, specs), experts);
    return { gate, of, specs, inputs, experts, routing };
  });
}

/** The weights of a gate that was read, with something else in place of one of its parameters. */
export function weightsWith(
  { gate, of, specs, inputs, experts }: RecordedGate,
  name: string,
  value: (parameter: Expression) => Expression,
): Expression | undefined {
  return attempt(() => {
    const parameters = parametersOf(of, specs);
    const changed = { ...parameters, [name]: value(parameters[name]!) };
    return routed(gate, of, inputs, changed, experts).weights;
  });
}

function routed(
  gate: Gate,
  of: Expressions,
  inputs: number,
  parameters: Readonly<Record<string, Expression>>,
  experts: number,
): Routing<Expression> {
  return gate.route(recorder(of), inputOf(of, inputs), parameters, { experts, training: false });
}

export function inputOf(of: Expressions, inputs: number): Expression {
  return of.make('input', [], { features: inputs });
}

export function parametersOf(of: Expressions, specs: ParamSpecs): Record<string, Expression> {
  return mapNames(specs, ({ shape, copies, constraint }, name) => {
    const [rows, features] = shape.length === 2 ? shape : [1, shape[0]];
    const isPositive = constraint?.min !== undefined && constraint.min > 0;
    return of.make('parameter', [], { name, rows, features, experts: copies, isPositive });
  });
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
