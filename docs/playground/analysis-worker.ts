/** Thinks where nobody waits for it: report cards, and fits of the rate experiment. Each is loaded when it is asked for. */
import type { AnalysisOrder, AnalysisReport } from './analysis-messages.ts';

addEventListener('message', ({ data: order }: MessageEvent<AnalysisOrder>) => {
  void answer(order)
    .catch((error: unknown): AnalysisReport => {
      return { type: 'failed', problem: error instanceof Error ? error.message : String(error) };
    })
    .then((report) => {
      postMessage(report);
    });
});

async function answer(order: AnalysisOrder): Promise<AnalysisReport> {
  if (order.type === 'health') {
    const { healthOf } = await import('./health.ts');
    return { type: 'health', health: healthOf(order.settings) };
  }
  const { rateResult } = await import('./rate-experiment.ts');
  return { type: 'fit', result: rateResult(order.settings, order.task) };
}
