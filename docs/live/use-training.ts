/**
 * Runs a live example: starts its training at a click, shows the newest state about ten times a second without ever
 * keeping the page from answering, and stops it.
 */
import { onBeforeUnmount, type Ref, ref, type ShallowRef, shallowRef } from 'vue';

export interface LiveTraining<T> {
  /** The state that the pictures show: first what the page came with, then what was trained here. */
  readonly state: Readonly<ShallowRef<T>>;
  /** Where the state comes from. */
  readonly phase: Readonly<Ref<'built' | 'loading' | 'running' | 'stopped' | 'finished' | 'failed'>>;
  readonly problem: Readonly<Ref<string>>;
  start(): Promise<void>;
  stop(): void;
}

/** Milliseconds of training between two frames. */
const SLICE = 50;
/** The same where the reader asked for less motion. */
const CALM_SLICE = 1000;

export function useTraining<T extends object>(
  initial: T,
  begin: () => Promise<AsyncGenerator<T, void, void>>,
): LiveTraining<T> {
  const state: ShallowRef<T> = shallowRef(initial) as ShallowRef<T>;
  const phase = ref<LiveTraining<T>['phase']['value']>('built');
  const problem = ref('');
  let wanted = false;

  async function start(): Promise<void> {
    if (phase.value === 'loading' || phase.value === 'running') return;
    wanted = true;
    phase.value = 'loading';
    try {
      const steps = await begin();
      phase.value = 'running';
      phase.value = (await show(steps)) ? 'finished' : 'stopped';
    } catch (error) {
      problem.value = said(error);
      phase.value = 'failed';
      throw error;
    }
  }

  async function show(steps: AsyncGenerator<T, void, void>): Promise<boolean> {
    const slice = matchMedia('(prefers-reduced-motion: reduce)').matches ? CALM_SLICE : SLICE;
    let newest: T | undefined;
    let since = performance.now();
    let yielded = since;
    for await (const next of steps) {
      newest = next;
      // Leaving the loop ends the generator, which disposes of its tensors.
      if (!wanted) break;
      const now = performance.now();
      if (now - yielded < SLICE) continue;
      if (now - since >= slice) {
        state.value = { ...next };
        since = now;
      }
      await nextFrame();
      yielded = performance.now();
    }
    if (newest !== undefined) state.value = { ...newest };
    return wanted;
  }

  function stop(): void {
    wanted = false;
  }

  onBeforeUnmount(stop);
  return { state, phase, problem, start, stop };
}

/** What went wrong in words that say what to do. */
function said(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return /dynamically imported module|Failed to fetch|Importing a module/i.test(text)
    ? 'TensorFlow.js could not be loaded; try again when you are online'
    : text;
}

function nextFrame(): Promise<void> {
  // Hidden pages get no frames; the time-out lets training go on in them.
  return new Promise((resolve) => {
    const timeout = setTimeout(resolve, 200);
    requestAnimationFrame(() => {
      clearTimeout(timeout);
      setTimeout(resolve);
    });
  });
}
