import { inspect } from 'node:util';
import { MoeError } from '@tfjs-moe/core';
import { exitStatusOf } from '../writing/failure.ts';
import { standardTerminal, type Terminal } from '../writing/output.ts';
import { endWithTerminal } from './hang-up.ts';

/**
 * Runs a program to its exit status. What goes wrong is one line on standard error: 2 where the user can mend it, 1 where
 * the machine has to. Only what a programmer has to mend shows a stack.
 * @param work returns the exit status
 */
export async function runProgram(
  who: string,
  work: (terminal: Terminal) => number | Promise<number>,
  terminal: Terminal = standardTerminal(who),
): Promise<number> {
  const { output, errors } = terminal;
  const complain = (error: unknown): number => {
    errors.write(`${error instanceof MoeError ? error.message : inspect(error)}\n`);
    return exitStatusOf(error);
  };
  let status: number;
  try {
    status = await work(terminal);
  } catch (error) {
    status = complain(error);
  }
  const failure = output.failure();
  if (failure !== undefined) {
    const own = complain(failure);
    status = status === 0 ? own : status;
  }
  endWithTerminal(status);
  return status;
}
