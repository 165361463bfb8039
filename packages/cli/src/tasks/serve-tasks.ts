import { parentPort } from 'node:worker_threads';

/** What a thread answers. */
export type Reply<Outcome> = { readonly outcome: Outcome } | { readonly error: unknown };

/** A worker thread: gets the number of a task, answers with its outcome. */
export function serveTasks<Outcome>(run: (index: number) => Outcome): void {
  const reply = (index: number): Reply<Outcome> => {
    try {
      return { outcome: run(index) };
    } catch (error) {
      return { error };
    }
  };
  parentPort?.on('message', (index: number) => parentPort?.postMessage(reply(index)));
  parentPort?.postMessage('ready');
}
