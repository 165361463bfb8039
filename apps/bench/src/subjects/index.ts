/** The subjects, in the order of the questions that one asks. */
import type { Subject } from '../subject.ts';
import { dispatch } from './dispatch.ts';
import { gemm } from './gemm.ts';
import { training } from './training.ts';

export const subjects: readonly Subject[] = [dispatch, training, gemm];
