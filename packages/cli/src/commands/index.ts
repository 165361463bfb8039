/** The commands of `moe`, loaded when they are asked for: what one of them needs does not slow the others down. */
import type { CommandEntry } from '../command.ts';

export const commands: readonly CommandEntry[] = [
  {
    name: 'check',
    about: 'tells what can be identified of a gate with an expert, and what to write instead',
    load: async () => (await import('./check.ts')).check,
  },
  {
    name: 'fit',
    about: 'fits a mixture of experts to a table, with standard errors',
    load: async () => (await import('./fit.ts')).fit,
  },
  {
    name: 'select',
    about: 'compares numbers of experts by AIC, BIC and ICL',
    load: async () => (await import('./select.ts')).select,
  },
  {
    name: 'summary',
    about: 'prints the report of a saved fit again',
    load: async () => (await import('./summary.ts')).summary,
  },
  {
    name: 'test',
    about: 'tests whether so many experts are enough, by a bootstrap on all cores',
    load: async () => (await import('./test.ts')).test,
  },
  {
    name: 'bootstrap',
    about: 'tells how estimates vary from sample to sample',
    load: async () => (await import('./bootstrap.ts')).bootstrap,
  },
  {
    name: 'predict',
    about: 'tells what a saved fit expects of the rows of a table',
    load: async () => (await import('./predict.ts')).predict,
  },
  {
    name: 'margins',
    about: 'tells how much the expected response of a saved fit changes with each column',
    load: async () => (await import('./margins.ts')).margins,
  },
  {
    name: 'assign',
    about: 'tells which expert of a saved fit explains each row of a table',
    load: async () => (await import('./assign.ts')).assign,
  },
  {
    name: 'compare',
    about: 'shows saved fits side by side, with tests of those that lie within each other',
    load: async () => (await import('./compare.ts')).compare,
  },
  {
    name: 'simulate',
    about: 'draws a sample from a published design, or from a measure of your own, as CSV',
    load: async () => (await import('./simulate.ts')).simulate,
  },
  {
    name: 'study',
    about: 'measures how fast estimates converge, on all cores or many machines',
    load: async () => (await import('./study.ts')).study,
  },
  {
    name: 'inspect',
    about: 'tells what lies in a checkpoint: families of models, experts, dtypes, router norms',
    load: async () => (await import('./inspect.ts')).inspect,
  },
  {
    name: 'convert',
    about: 'writes a checkpoint in another dtype, in one file or several',
    load: async () => (await import('./convert.ts')).convert,
  },
  {
    name: 'prune',
    about: 'takes experts that matter least out of a mixture in a saved model',
    load: async () => (await import('./prune.ts')).prune,
  },
  {
    name: 'merge',
    about: 'merges experts of a mixture in a saved model in groups',
    load: async () => (await import('./merge.ts')).merge,
  },
  {
    name: 'upcycle',
    about: 'puts a mixture in the place of dense layers of a saved model',
    load: async () => (await import('./upcycle.ts')).upcycle,
  },
  {
    name: 'completion',
    about: 'prints what bash, zsh or fish needs to complete the words of moe',
    load: async () => (await import('./completion.ts')).completionOf(commands),
  },
];
