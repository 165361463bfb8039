/** Workers that think: one for a card, several for an experiment. */
import type { AnalysisOrder, AnalysisReport } from './analysis-messages.ts';

export interface Analyst {
  /** Answers one order after the other; rejects where the worker is lost. */
  ask(order: AnalysisOrder): Promise<AnalysisReport>;
  /** Ends whatever it is doing. */
  dismiss(): void;
}

export function analyst(): Analyst {
  const worker = new Worker(new URL('./analysis-worker.ts', import.meta.url), { type: 'module' });
  let waiting: { resolve(report: AnalysisReport): void; reject(error: Error): void } | undefined;
  worker.addEventListener('message', ({ data }: MessageEvent<AnalysisReport>) => waiting?.resolve(data));
  worker.addEventListener('error', (event) => {
    event.preventDefault();
    waiting?.reject(new Error(event.message || 'the worker could not be loaded'));
  });
  return {
    ask: (order) =>
      new Promise((resolve, reject) => {
        waiting = { resolve, reject };
        worker.postMessage(order);
      }),
    dismiss: () => worker.terminate(),
  };
}

/** How many share an experiment: one processor is left for the page. */
export function poolSize(): number {
  return Math.max(1, Math.min(4, (navigator.hardwareConcurrency ?? 2) - 1));
}
