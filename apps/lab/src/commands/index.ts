/** The commands of `moe`. */
import type { Command } from '../command.ts';
import { check } from './check.ts';

export const commands: readonly Command[] = [check];
