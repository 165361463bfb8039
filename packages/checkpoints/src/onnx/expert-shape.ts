import { type Activation, type AnyParams, type Expert, MoeError, mapNames, type Ops } from '@tfjs-moe/core';

/** An expert as the operator has it: an affine map, an activation or a gated pair of maps, and another affine map. */
export interface ExpertShape {
  /** Of the first map, or of the gating factor; the names of its parameters. */
  readonly first: AffineNames;
  /** The other factor, where the hidden units are a product. */
  readonly second?: AffineNames;
  readonly last: AffineNames;
  readonly activation: Activation;
}

/** The parameters of an affine map. */
export interface AffineNames {
  readonly kernel: string;
  readonly bias?: string;
}

/** What was done to get a value. */
interface Step {
  readonly operation: string;
  readonly of: readonly unknown[];
}

/**
 * What an expert computes, as far as `com.microsoft.MoE` can: found by following its formula, so that experts of one's own are
 * recognised as well.
 * @throws MoeError for an expert of another form
 */
export function expertShape(who: string, expert: Expert, features: number, units: number): ExpertShape {
  const parameters = mapNames(
    expert.params(features, units) as Record<string, unknown>,
    (_, name): Step => ({ operation: 'parameter', of: [name] }),
  );
  const found = shapeOf(expert.apply(recorder, input, parameters as never as AnyParams as never));
  if (found !== undefined) return found;
  const rule =
    'com.microsoft.MoE has experts of two affine maps with an activation between them, or of SwiGLU without limits';
  throw new MoeError(who, rule, expert.kind);
}

const input: Step = { operation: 'input', of: [] };

/** Remembers every operation. */
const recorder = new Proxy({} as Ops<Step>, {
  get:
    (_, operation: string) =>
    (...of: unknown[]): Step => ({ operation, of }),
});

function shapeOf(output: Step): ExpertShape | undefined {
  const last = affineOf(output);
  if (last === undefined || last.activation !== 'identity') return undefined;
  const factors = last.x.operation === 'mul' ? (last.x.of as Step[]).map(hiddenOf) : [hiddenOf(last.x)];
  const [gate, up] = factors;
  if (gate === undefined) return undefined;
  const shape = { first: gate.names, last: last.names, activation: gate.activation };
  if (factors.length === 1) return operatorHas(gate.activation) ? shape : undefined;
  const isSwiGlu = gate.activation === 'silu' && up?.activation === 'identity';
  return isSwiGlu ? { ...shape, second: up!.names } : undefined;
}

/** The activations that the operator has; its gelu is the tanh form. */
function operatorHas(activation: Activation): boolean {
  return ['identity', 'relu', 'silu', 'geluTanh'].includes(activation);
}

/** An activated affine map of the input. */
function hiddenOf(step: Step): { names: AffineNames; activation: Activation } | undefined {
  if (step.operation === 'activation') {
    const [activation, inner] = step.of as [Activation, Step];
    const map = affineOf(inner);
    return map?.x === input && map.activation === 'identity' ? { ...map, activation } : undefined;
  }
  const map = affineOf(step);
  return map?.x === input ? map : undefined;
}

function affineOf(step: Step): { x: Step; names: AffineNames; activation: Activation } | undefined {
  if (step.operation !== 'affine') return undefined;
  const [x, kernel, bias, activation = 'identity'] = step.of as [Step, Step, Step?, Activation?];
  const nameOf = ({ operation, of }: Step) => (operation === 'parameter' ? (of[0] as string) : undefined);
  const [kernelName, biasName] = [nameOf(kernel), bias && nameOf(bias)];
  if (kernelName === undefined || (bias !== undefined && biasName === undefined)) return undefined;
  return { x, names: { kernel: kernelName, ...(biasName !== undefined && { bias: biasName }) }, activation };
}
