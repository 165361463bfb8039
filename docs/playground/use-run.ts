/** A run in the worker, and the state of the page that follows from it. */
import { onBeforeUnmount, type ShallowRef, shallowRef } from 'vue';
import { type Happening, initial, next, type State } from './machine.ts';
import type { Order, Report } from './messages.ts';
import type { Settings } from './settings.ts';

export interface PlaygroundRun {
  readonly state: Readonly<ShallowRef<State>>;
  /** Other settings: forgets what was trained. */
  reset(settings: Settings): void;
  train(until: number): void;
  pause(): void;
}

/** Milliseconds between two pictures; where the reader asked for less motion, once a second. */
const [PACE, CALM] = [33, 1000];

export function usePlaygroundRun(first: Settings): PlaygroundRun {
  const state: ShallowRef<State> = shallowRef(initial);
  let settings = first;
  let worker: Worker | undefined;
  /** The run that the worker has. */
  let begun = -1;

  function happen(happening: Happening): void {
    state.value = next(state.value, happening);
  }

  function order(message: Order): void {
    worker ??= hired();
    worker.postMessage(message);
  }

  function hired(): Worker {
    const one = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
    one.addEventListener('message', ({ data }: MessageEvent<Report>) => happen(data));
    one.addEventListener('error', (event) => {
      event.preventDefault();
      one.terminate();
      worker = undefined;
      begun = -1;
      const why = event.message ? `: ${event.message}` : ' or could not be loaded';
      happen({ type: 'lost', problem: `The worker stopped${why}. Press Train to start again.` });
    });
    return one;
  }

  function train(until: number): void {
    if (state.value.phase === 'failed') happen({ type: 'reset' });
    happen({ type: 'train', until });
    const current = state.value.run;
    if (begun !== current) order({ type: 'start', run: current, settings });
    begun = current;
    const pace = matchMedia('(prefers-reduced-motion: reduce)').matches ? CALM : PACE;
    order({ type: 'until', run: current, step: until, pace });
  }

  function pause(): void {
    happen({ type: 'pause' });
    if (worker !== undefined) order({ type: 'pause', run: state.value.run });
  }

  /** Nobody looks: nothing is trained. */
  function onHidden(): void {
    if (document.hidden && state.value.phase === 'running') pause();
  }

  if (typeof document !== 'undefined') document.addEventListener('visibilitychange', onHidden);
  onBeforeUnmount(() => {
    worker?.terminate();
    document.removeEventListener('visibilitychange', onHidden);
  });

  return {
    state,
    train,
    pause,
    reset(other) {
      settings = other;
      if (worker !== undefined) order({ type: 'pause', run: state.value.run });
      happen({ type: 'reset' });
    },
  };
}
