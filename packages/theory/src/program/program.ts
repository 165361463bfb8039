import { MoeError } from '@tfjs-moe/core';
import type { Algebra, Elementary } from '@tfjs-moe/numerics';

/**
 * One step of a program. Steps are named by their place in the list, and name earlier ones only. Numbers are float64,
 * and mean exactly what they are.
 *
 * `apply` is an elementary function of one step, `dot` a sum of products, `greater` 1 or 0, `stop` the same number
 * through which no derivative is taken.
 */
export type ProgramStep =
  | readonly ['input', number]
  | readonly ['parameter', number]
  | readonly ['constant', number]
  | readonly ['add', number, number]
  | readonly ['sub', number, number]
  | readonly ['dot', readonly number[], readonly number[]]
  | readonly ['apply', Elementary, number]
  | readonly ['greater', number, number]
  | readonly ['stop', number];

/** Steps in the making, and the algebra that makes them. */
export interface Recorder {
  readonly steps: readonly ProgramStep[];
  readonly algebra: Algebra<number>;
  step(step: ProgramStep): number;
}

/**
 * An algebra that computes nothing and writes down what is asked of it: a definition that is run on it becomes a list of
 * steps, which anybody can run who knows nothing of gates and experts. What is asked twice is written once.
 */
export function recorder(): Recorder {
  const steps: ProgramStep[] = [];
  const known = new Map<string, number>();
  function step(next: ProgramStep): number {
    const key = JSON.stringify(next);
    const before = known.get(key);
    if (before !== undefined) return before;
    known.set(key, steps.length);
    return steps.push(next) - 1;
  }
  function constant(value: number): number {
    if (!Number.isFinite(value))
      throw new MoeError('certificateToJSON', 'a definition must have finite constants', value);
    return step(['constant', value]);
  }
  return {
    steps,
    step,
    algebra: {
      constant,
      add: (a, b) => step(['add', a, b]),
      sub: (a, b) => step(['sub', a, b]),
      dot: (a, b) => step(['dot', a, b]),
      apply: (name, a) => (name === 'identity' ? a : step(['apply', name, a])),
      greater: (a, b) => step(['greater', a, b]),
      shift: () => undefined,
      stop: (a) => step(['stop', a]),
    },
  };
}

/** The steps that some steps need, renumbered, and where those are now: what nobody asks for proves nothing. */
export function pruned(
  steps: readonly ProgramStep[],
  wanted: readonly number[],
): { readonly steps: readonly ProgramStep[]; at(step: number): number } {
  const needed = new Set(wanted);
  for (let i = steps.length - 1; i >= 0; i--) {
    if (needed.has(i)) for (const before of operandsOf(steps[i]!)) needed.add(before);
  }
  const places = new Map([...needed].sort((a, b) => a - b).map((old, place) => [old, place]));
  const at = (step: number) => places.get(step)!;
  return { steps: [...places.keys()].map((old) => renumbered(steps[old]!, at)), at };
}

function operandsOf(step: ProgramStep): readonly number[] {
  const found: number[] = [];
  renumbered(step, (i) => found.push(i));
  return found;
}

function renumbered(step: ProgramStep, at: (step: number) => number): ProgramStep {
  switch (step[0]) {
    case 'add':
    case 'sub':
    case 'greater':
      return [step[0], at(step[1]), at(step[2])];
    case 'dot':
      return ['dot', step[1].map(at), step[2].map(at)];
    case 'apply':
      return ['apply', step[1], at(step[2])];
    case 'stop':
      return ['stop', at(step[1])];
    default:
      return step;
  }
}

/** What the steps of a program are worth in an algebra, in their order. */
export function runProgram<J>(
  steps: readonly ProgramStep[],
  algebra: Algebra<J>,
  inputs: readonly J[],
  parameters: readonly J[],
): J[] {
  const values: J[] = [];
  const at = (i: number) => values[i]!;
  for (const step of steps) values.push(worth(step));
  return values;

  function worth(step: ProgramStep): J {
    switch (step[0]) {
      case 'input':
        return inputs[step[1]]!;
      case 'parameter':
        return parameters[step[1]]!;
      case 'constant':
        return algebra.constant(step[1]);
      case 'add':
        return algebra.add(at(step[1]), at(step[2]));
      case 'sub':
        return algebra.sub(at(step[1]), at(step[2]));
      case 'dot':
        return algebra.dot(step[1].map(at), step[2].map(at));
      case 'apply':
        return algebra.apply(step[1], at(step[2]));
      case 'greater':
        return algebra.greater(at(step[1]), at(step[2]));
      case 'stop':
        return algebra.stop(at(step[1]));
    }
  }
}
