/** The rate experiment as a component holds it: fits on a pool of workers, in the order of their tasks whoever was first. */
import { onBeforeUnmount, type Ref, ref, type ShallowRef, shallowRef, watch } from 'vue';
import { type Analyst, analyst, poolSize } from './analysts.ts';
import { healthKey } from './health-key.ts';
import type { RateResult } from './rate-experiment.ts';
import { rateTasks } from './rate-tasks.ts';
import type { Settings } from './settings.ts';

export interface RateExperiment {
  /** Whether one expert too many is fitted. */
  readonly surplus: Ref<boolean>;
  readonly results: Readonly<ShallowRef<readonly RateResult[]>>;
  readonly total: Readonly<Ref<number>>;
  readonly phase: Readonly<Ref<'idle' | 'running' | 'done' | 'cancelled' | 'failed'>>;
  readonly problem: Readonly<Ref<string>>;
  start(): Promise<void>;
  cancel(): void;
}

export function useRateExperiment(settings: () => Settings): RateExperiment {
  const surplus = ref(false);
  const results: ShallowRef<readonly RateResult[]> = shallowRef([]);
  const total = ref(0);
  const phase = ref<RateExperiment['phase']['value']>('idle');
  const problem = ref('');
  let pool: Analyst[] = [];

  async function start(): Promise<void> {
    stop();
    const tasks = rateTasks(surplus.value).map((task, place) => ({ task, place }));
    const found: RateResult[] = [];
    results.value = [];
    problem.value = '';
    total.value = tasks.length;
    phase.value = 'running';
    const mine = Array.from({ length: Math.min(poolSize(), tasks.length) }, analyst);
    pool = mine;
    const of = settings();
    const work = async (one: Analyst) => {
      for (let next = tasks.shift(); next !== undefined; next = tasks.shift()) {
        const report = await one.ask({ type: 'fit', settings: of, task: next.task });
        if (pool !== mine) return;
        if (report.type === 'failed') throw new Error(report.problem);
        if (report.type !== 'fit') continue;
        // A sum in another order has other last digits: the slope would depend on who was first.
        found[next.place] = report.result;
        results.value = found.filter((result) => result !== undefined);
      }
    };
    try {
      await Promise.all(mine.map(work));
      if (pool === mine) phase.value = 'done';
    } catch (error) {
      if (pool !== mine) return;
      problem.value = (error as Error).message;
      phase.value = 'failed';
    }
    if (pool === mine) stop();
  }

  function stop(): void {
    for (const one of pool) one.dismiss();
    pool = [];
  }

  function cancel(): void {
    stop();
    phase.value = 'cancelled';
  }

  watch([() => healthKey(settings()), () => settings().seed, surplus], () => {
    stop();
    results.value = [];
    phase.value = 'idle';
  });
  onBeforeUnmount(stop);
  return { surplus, results, total, phase, problem, start, cancel };
}
