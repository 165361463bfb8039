/**
 * What a worker runs, as text: it travels inside the package, so that no bundler has to know of it and nothing is fetched.
 * A worker ends only when it is terminated.
 */
import { layout } from './board.ts';

const WORK = `
const { STATE, READY, DONE, TASKS, TASK_WORDS, PUBLISHED } = ${JSON.stringify(layout)};

function work({ words, memory, module, workspace, kernels }) {
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  const board = new Int32Array(words);
  Atomics.add(board, READY, 1);
  for (;;) {
    const state = Atomics.load(board, STATE);
    const task = state % PUBLISHED;
    if (task === Math.floor(state / PUBLISHED)) {
      // The next task often follows at once, and falling asleep takes longer than to look a while.
      let turns = 5000;
      while (turns > 0 && Atomics.load(board, STATE) === state) turns--;
      if (turns === 0) Atomics.wait(board, STATE, state);
      continue;
    }
    if (Atomics.compareExchange(board, STATE, state, state + 1) !== state) continue;
    let outcome = 1;
    try {
      const at = TASKS + task * TASK_WORDS;
      const kernel = exports[kernels[board[at]]];
      kernel(...board.subarray(at + 2, at + 2 + board[at + 1]), workspace);
    } catch {
      outcome = 2;
    }
    Atomics.store(board, DONE + task, outcome);
    Atomics.notify(board, DONE + task);
  }
}
`;

export const NODE_WORKER: string = `${WORK}
work(require('node:worker_threads').workerData);`;

export const PAGE_WORKER: string = `${WORK}
onmessage = ({ data }) => work(data);`;
