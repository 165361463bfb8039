/** The commands of `moe`. */
import type { Command } from '../command.ts';
import { check } from './check.ts';
import { fit } from './fit.ts';
import { simulate } from './simulate.ts';
import { study } from './study.ts';

export const commands: readonly Command[] = [check, fit, simulate, study];
