/** Mutants of what writes results and reads them back: journals, shards, files. */
import { of, quick, testsOf } from './of.mjs';

const study = 'packages/cli/src/study';
const tasks = 'packages/cli/src/tasks';
const experts = 'packages/cli/src/experts-test';
const replicates = 'packages/cli/src/replicates';
const writing = 'packages/command-line/src/writing';
const studyTests = testsOf('packages/cli');
const writingTests = testsOf('packages/command-line');

export const journalMutants = [
  ...of(
    'journal',
    `${tasks}/journal.ts`,
    studyTests('study/results', 'study/cut'),
    ['keep: earlier?.whole ?? 0', 'keep: earlier ? 1e9 : 0', 'half a line is kept'],
    ['while (end > 0 && bytes[end - 1] === 0) end--;', '', 'zeros of a power failure are no beginning'],
  ),
  ...of(
    'journal',
    `${tasks}/task-file.ts`,
    studyTests('study/results', 'study/cut', 'study/run-study'),
    [
      'if (!isDeepStrictEqual(before.outcome, outcome)) throw differs(who, path, outcome, before.line, line);',
      '',
      'of two outcomes of a task the first is believed',
    ],
    ['bytes.lastIndexOf(0x0a) + 1', 'bytes.length', 'a line without an end counts'],
    ['(a, b) => a.index - b.index', '(a, b) => b.index - a.index', 'the last task first'],
  ),
  ...of(
    'journal',
    `${study}/results-file.ts`,
    studyTests('study/results', 'study/cut', 'study/run-study'),
    ['if (found.fingerprint !== wanted.fingerprint) {', 'if (false) {', 'results of another study are taken'],
    ['if (part(found) !== part(wanted)) {', 'if (false) {', 'results of another shard are taken'],
    ['if (missing === 0) return;', 'return;', 'missing tasks are not missed', quick],
    ['if (again !== undefined) {', 'if (false) {', 'a task may be there twice in complete results'],
  ),
  ...of(
    'journal',
    `${study}/expect-outcome.ts`,
    studyTests('study/results', 'study/cut'),
    ['if (given !== wanted)', 'if (false)', 'the outcome of one task is believed to be of another'],
    ['(hasFailed ? loss === null : Number.isFinite(loss))', 'true', 'losses may be anything'],
    ['if (stray !== undefined)', 'if (false)', 'fields that nobody writes pass'],
    ['(iterations as number) < 0', '(iterations as number) < -1', 'a negative number of iterations'],
  ),
  ...of(
    'journal',
    `${study}/expect-header.ts`,
    studyTests('study/results', 'study/cut'),
    [
      'if (fingerprint !== fingerprintOf(config))',
      'if (false)',
      'a header may speak of another configuration',
    ],
    ['if (tasks !== taskCount(config))', 'if (false)', 'the number of tasks is not that of the study'],
  ),
  ...of(
    'journal',
    `${replicates}/fingerprint.ts`,
    studyTests('experts-test'),
    [
      'if (found.fingerprint === wanted.fingerprint) return;',
      'return;',
      'replicates of another test are taken',
    ],
    ['hash.update(Float64Array.from(row))', 'row', 'inputs decide nothing of a test'],
  ),
  ...of('journal', `${experts}/test-result.ts`, studyTests('experts-test'), [
    '(1 + asLarge + failed)',
    '(1 + asLarge)',
    'what cannot be fitted speaks against the hypothesis',
  ]),
  ...of('journal', `${replicates}/run-replicates.ts`, studyTests('experts-test'), [
    'index < replicates',
    'index >= 0',
    'replicates that were not asked for count',
  ]),
  ...of(
    'journal',
    `${writing}/line-file.ts`,
    writingTests('writing/line-file'),
    ['end += bytes.length;', '', 'a line that fails takes the one before with it'],
    ['          cut();\n', '', 'half a line stays behind a full disk'],
  ),
  ...of(
    'journal',
    `${writing}/write-all.ts`,
    writingTests('writing/line-file', 'writing/replace-file', 'writing/output'),
    ['while (done < bytes.length) {', 'if (done < bytes.length) {', 'a short write counts as a whole one'],
  ),
  ...of(
    'journal',
    `${writing}/pending-files.ts`,
    writingTests('writing/replace-file', 'writing/stream-files'),
    [
      'for (const { temporary } of pending.splice(0)) discard(files, temporary);',
      '',
      'a temporary file stays behind a full disk',
    ],
    ['          files.fchmodSync(file, mode);\n', '', 'permissions are lost'],
    ['if (!inPlace) synchronise(files, file);', '', 'renamed before it is on the disk'],
  ),
];
