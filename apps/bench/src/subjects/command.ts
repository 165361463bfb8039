import { emptyNode, moe, processRows } from '../moe.ts';
import type { Subject } from '../subject.ts';

/** What it costs to start the command. */
export const command: Subject = {
  name: 'command',
  about:
    'time of the command moe that has little to do, over that of a Node that has nothing to do; more is the difference',
  measure: (run) => {
    const words = run.quick
      ? [['--version']]
      : [['--version'], ['--help'], ['check', '--help'], ['fit', '--help']];
    return processRows(run, words.map(moe), emptyNode, 'start');
  },
};
