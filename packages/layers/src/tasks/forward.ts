import * as tf from '@tensorflow/tfjs-core';
import { type CalledLayer, choicesFor } from '../calls.ts';
import type { Dispatched } from '../dispatch/dispatcher.ts';
import type { GateParams } from '../expert-layer.ts';
import type { ExpertBank } from '../experts/expert-bank.ts';
import { type GateCall, type Routed, routeTokens } from '../forward.ts';
import { addAll } from '../tensor/add-all.ts';
import type { Tokens } from '../tokens.ts';
import { computeForGates, partOfPlan } from './compute-banks.ts';
import type { Structure } from './structure.ts';
import { unsoundAsNaN } from './union.ts';

/** What one gate makes of a batch. */
export interface Answer {
  readonly y_TU: tf.Tensor2D;
  readonly dispatched: Pick<Dispatched, 'kept_TE' | 'weights_TE'>;
}

/** Of all inputs the one that a gate or a bank sees. */
export function inputFor<T>({ input }: { readonly input: number }, inputs: readonly T[]): T {
  return inputs[input] ?? inputs[0]!;
}

/**
 * Runs all gates.
 * @param called the gates as layers of their own
 */
export function routeGates(
  { gates }: Structure,
  params: readonly GateParams[],
  inputs: readonly Tokens[],
  asked: Omit<GateCall, 'choices'>,
  called: readonly CalledLayer[],
): readonly Routed[] {
  return gates.map((gate, g) => {
    const tokens = inputFor(gate, inputs);
    const choices = choicesFor(called[g]!, [tokens.x_TD.shape[0], gate.settings.experts]);
    return routeTokens(gate.settings, params[g]!, tokens, { ...asked, choices });
  });
}

/** Computes all banks, each once, and the output of every gate: the sum over the banks that it weighs. */
export function computeGates(
  structure: Structure,
  banks: readonly ExpertBank[],
  inputs: readonly Tokens[],
  routed: readonly Routed[],
  asked: Omit<GateCall, 'choices'>,
): readonly Answer[] {
  const parts: Answer[][] = structure.gates.map(() => []);
  const { settings } = structure.gates[0]!;
  structure.banks.forEach((bank, b) => {
    const watching = structure.gates.flatMap((gate, g) => (gate.banks.includes(b) ? [g] : []));
    const plans = watching.map((g) =>
      partOfPlan(routed[g]!.plan, firstExpert(structure, g, b), bank.experts),
    );
    const request = { name: settings.dispatch, capacityOf: structure.capacityOf };
    const { x_TD } = inputFor(bank, inputs);
    const weighed = computeForGates(banks[b]!, x_TD, plans, request, asked);
    weighed.forEach((part, i) => {
      parts[watching[i]!]!.push(part);
    });
  });
  return parts.map((own, g) => {
    const { y_TU, dispatched } = joined(own);
    return { y_TU: unsoundAsNaN(y_TU, routed[g]!.plan.weights_TE), dispatched };
  });
}

/** The number that the first expert of a bank has for a gate. */
function firstExpert({ gates, banks }: Structure, gate: number, bank: number): number {
  const seen = gates[gate]!.banks;
  return seen.slice(0, seen.indexOf(bank)).reduce((sum, before) => sum + banks[before]!.experts, 0);
}

/** Banks are in the order in which gates see them. */
function joined(parts: readonly Answer[]): Answer {
  const [only, ...others] = parts as [Answer, ...Answer[]];
  if (others.length === 0) return only;
  const table = (name: 'kept_TE' | 'weights_TE') =>
    tf.concat(
      parts.map(({ dispatched }) => dispatched[name]),
      1,
    ) as tf.Tensor2D;
  return {
    y_TU: addAll(parts.map(({ y_TU }) => y_TU)) as tf.Tensor2D,
    dispatched: { kept_TE: table('kept_TE'), weights_TE: table('weights_TE') },
  };
}
