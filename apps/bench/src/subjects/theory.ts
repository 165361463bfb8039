import { moe, processRows } from '../moe.ts';
import type { Subject } from '../subject.ts';

const quickCases = [['check', '--gate', 'softmax', '--expert', 'ffn:gelu']];
const allCases = [
  ...quickCases,
  ['check', '--gate', 'sigmoid', '--expert', 'ffn:gelu'],
  ['check', '--gate', 'temperature', '--expert', 'ffn:gelu'],
  ['check', '--gate', 'softmax', '--expert', 'linear'],
];

/** What a report card takes: verdicts, certificates, rates and advice. */
export const theory: Subject = {
  name: 'theory',
  about:
    'time of a report card of identifiability by moe check, over that of moe --version; more is the difference',
  measure: (run) =>
    processRows(run, (run.quick ? quickCases : allCases).map(moe), moe(['--version']), 'report card'),
};
