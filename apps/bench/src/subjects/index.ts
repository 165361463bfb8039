/** The subjects, in the order of the questions that one asks. */
import type { Subject } from '../subject.ts';
import { browser } from './browser.ts';
import { command } from './command.ts';
import { dispatch } from './dispatch.ts';
import { estimators } from './estimators.ts';
import { gemm } from './gemm.ts';
import { layer } from './layer.ts';
import { memory } from './memory.ts';
import { peers } from './peers.ts';
import { scaling } from './scaling.ts';
import { size } from './size.ts';
import { start } from './start.ts';
import { strategies } from './strategies.ts';
import { theory } from './theory.ts';
import { threads } from './threads.ts';
import { training } from './training.ts';

export const subjects: readonly Subject[] = [
  layer,
  peers,
  dispatch,
  scaling,
  training,
  memory,
  size,
  start,
  strategies,
  gemm,
  threads,
  browser,
  estimators,
  theory,
  command,
];
