import * as tf from '@tensorflow/tfjs-core';
import { mapNames } from '@tfjs-moe/core';
import type { Sums } from '../state/step-state.ts';
import { currentStep, disposeAfter, type Scope } from './step.ts';

/** A forward pass through the layers of a model, and what their losses observed, by who belongs together. */
interface Pass {
  readonly step: Scope | undefined;
  readonly sums: Map<string, Sums>;
}

let pass: Pass | undefined;

function passNow(): Pass {
  const step = currentStep();
  if (pass?.step !== step) pass = { step, sums: new Map() };
  return pass!;
}

/** What the layers before this one observed in the same pass; nothing at the first. */
export const sumsOfEarlierLayers = (group: string): Sums | undefined => passNow().sums.get(group);

/** Ends a pass: whoever asks for the losses has called all layers. */
export function endPass(): void {
  pass = undefined;
}

/**
 * Adds what a layer observed. Gradients of later layers flow through these sums, so they stay until the step ends.
 * @returns the new sums, kept, for `keepForStep` once the scope of the call has ended
 */
export function tellLaterLayers(group: string, observed: Sums): tf.Tensor[] {
  const { sums } = passNow();
  const before = sums.get(group);
  const after = mapNames(observed, (value, name) =>
    tf.keep(before ? tf.add(before[name]!, value) : tf.clone(value)),
  );
  sums.set(group, after);
  return Object.values(after);
}

/** Hands what `tellLaterLayers` returned over to the step. */
export function keepForStep(tensors: readonly tf.Tensor[]): void {
  const step = currentStep()!;
  for (const tensor of tensors) disposeAfter(step, tensor);
}
