import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers';
import { capacityDispatch, type Dispatcher, denseDispatch, groupedDispatch } from '@tfjs-moe/layers';
import { testDispatcher } from '@tfjs-moe/layers/testing';
import { describe, expect, test } from 'vitest';
import { failing } from '../../../core/test/failing.ts';
import { onEveryBackend } from '../backends.ts';

onEveryBackend(() => {
  for (const dispatcher of [denseDispatch, groupedDispatch, capacityDispatch((tokens) => tokens)])
    testDispatcher({ describe, test }, dispatcher);
});

describe('a dispatcher that is wrong is refused', () => {
  const failures = (dispatcher: Dispatcher) => failing((runner) => testDispatcher(runner, dispatcher));
  const changed = (change: Partial<ReturnType<Dispatcher['dispatch']>>): Dispatcher => ({
    name: 'wrong',
    dispatch: (x, plan) => ({ ...denseDispatch.dispatch(x, plan), ...change }),
  });

  test('for a sum without weights', () => {
    const wrong = changed({ combine: (output) => tf.sum(output, 0) as tf.Tensor2D });
    expect(failures(wrong)).toContain(
      'wrong, two experts per token, experts in Ops: values are the weighted sums',
    );
  });

  test('for weights without a gradient', () => {
    const wrong: Dispatcher = {
      name: 'wrong',
      dispatch: (x, plan) =>
        denseDispatch.dispatch(x, { ...plan, weights_TE: tf.tensor2d(plan.weights_TE.arraySync()) }),
    };
    const names = failures(wrong);
    expect(names).toContain(
      'wrong, one expert per token, experts in Ops: gradients are the central differences',
    );
    expect(names).not.toContain('wrong, one expert per token, experts in Ops: values are the weighted sums');
  });

  test('for a tensor that it keeps', () => {
    const wrong: Dispatcher = {
      name: 'wrong',
      dispatch: (x, plan) => denseDispatch.dispatch(tf.keep(tf.clone(x)), plan),
    };
    expect(failures(wrong)).toContain('wrong, a single token, experts in Ops: values are the weighted sums');
  });

  test('for the wrong word on what it kept', () => {
    const wrong: Dispatcher = {
      name: 'wrong',
      dispatch: (x, plan) => ({
        ...denseDispatch.dispatch(x, plan),
        kept_TE: tf.zerosLike(plan.selected_TE),
      }),
    };
    expect(failures(wrong)).toContain(
      'wrong, one expert per token: says what it kept, and with which weight',
    );
  });

  test('for a name that no config can hold', () => {
    expect(failures({ ...denseDispatch, name: 'My dispatcher' })).toContain(
      'My dispatcher: has a name that a saved layer can hold',
    );
  });
});
