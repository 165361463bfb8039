import * as tf from '@tensorflow/tfjs-core';

/** A scope of tfjs: what `tf.tidy` opens, and what disposes of the tensors that it tracks when it ends. */
export interface Scope {
  readonly id: number;
  readonly name: string;
  readonly track: tf.Tensor[];
}

/**
 * The training step that is going on, which is a scope of tfjs:
 *
 * - the outermost scope that records a gradient, where one does. Whatever reaches the optimiser is added inside it, by
 *   `fit` and by every loop of one's own, because nothing outside it is differentiated. The outermost, because a second
 *   derivative may ask after the inner one has ended;
 * - else the outermost scope of all: somebody computes losses without training by them.
 *
 * Without any scope there is no step: nobody could ask for a loss before it would have to be disposed of.
 *
 * A scope ends exactly once, whether its function returns or throws, on every backend, and tfjs itself disposes then of
 * what it tracks. That makes it a better mark than the next training call, which may never come, or a promise, which
 * comes late: a loop without `await` takes a thousand steps before the first.
 */
export function currentStep(): Scope | undefined {
  const stack = scopes();
  return (isRecording() ? stack.find(({ name }) => name === 'forward') : undefined) ?? stack[0];
}

/** Whether a gradient is being recorded. */
export function isRecording(): boolean {
  return tf.engine().state.gradientDepth > 0;
}

/** Whether a step is going on still. */
export function isOpen(step: Scope): boolean {
  return scopes().includes(step);
}

/** Numbers of the scopes between a step and the present moment, outermost first. */
export function scopesInside(step: Scope): number[] {
  const stack = scopes();
  return stack.slice(stack.indexOf(step) + 1).map(({ id }) => id);
}

/** The number that the next scope will have. */
export function nextScope(): number {
  return tf.engine().state.nextScopeId;
}

/**
 * Hands a tensor over to a step, which disposes of it when it ends.
 * @param tensor kept by `tf.keep` and returned from the scope that made it, so that no other scope will dispose of it
 */
export function disposeAfter(step: Scope, tensor: tf.Tensor): void {
  tensor.kept = false;
  tensor.scopeId = step.id;
  step.track.push(tensor);
}

/**
 * Something that tells later whether the gradient that is being recorded was computed: a tensor saved for it, which tfjs
 * disposes of after the backward pass and forgets when an error cuts the step off.
 */
export function gradientMark(): tf.Tensor | undefined {
  if (!isRecording()) return undefined;
  const { activeTape } = tf.engine().state;
  for (let i = activeTape.length - 1; i >= 0; i--) {
    const saved = activeTape[i]?.saved?.[0];
    if (saved !== undefined) return saved;
  }
  return undefined;
}

function scopes(): readonly Scope[] {
  return tf.engine().state.scopeStack;
}
