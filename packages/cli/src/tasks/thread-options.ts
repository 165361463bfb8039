import { availableParallelism } from 'node:os';
import { integer, type Valued } from '@tfjs-moe/command-line';

/** The options of every command that runs tasks in threads. */
export const threadTable: { readonly workers: Valued<number>; readonly memory: Valued<number> } = {
  workers: {
    value: 'N',
    about: 'threads, or auto (default): all cores. Results do not depend on it',
    read: (written, option, who) =>
      written === 'auto' ? availableParallelism() : integer({ min: 1, max: 1024 })(written, option, who),
  },
  memory: {
    value: 'MB',
    about: 'the most megabytes that one thread may take (default: what Node allows)',
    read: integer({ min: 16 }),
  },
};
