/**
 * Certificates of cells of the table, written to files and checked by the verifier in Python, which shares no code with
 * what it checks.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { MoeError } from '@tfjs-moe/core';
import { type CellKey, nameOf } from './cells.ts';
import { certificateOf, type Question } from './certificate-of.ts';

const questions: readonly Question[] = ['first order', 'second order'];
export interface CertifiedCell {
  readonly cell: string;
  readonly question: Question;
  /** `proved`, `refused`: by the verifier; `none`: there is no certificate, and `words` say why. */
  readonly outcome: 'proved' | 'refused' | 'none';
  readonly words: string;
  /** The certificate, where there is one. */
  readonly file?: string;
}

const verifier = resolve(import.meta.dirname, '../../packages/theory/verifier/verify.py');

/** Files that one run of the verifier is given. */
const BATCH = 20;

/**
 * Writes the certificate of every cell to a folder and has it checked.
 * @param budget millions of operations for each
 * @param told called with every cell when its certificate is written
 */
export function certifyCells(
  keys: readonly CellKey[],
  folder: string,
  budget: number,
  told: (line: string) => void = () => {},
): CertifiedCell[] {
  mkdirSync(folder, { recursive: true });
  const done: CertifiedCell[] = [];
  let open: { readonly cell: string; readonly question: Question; readonly file: string }[] = [];
  const check = () => {
    done.push(...checked(open));
    open = [];
  };
  for (const key of keys) {
    for (const question of questions) {
      const cell = nameOf(key);
      try {
        const file = join(folder, `${cell.replaceAll('/', '-')}-${question.replace(' ', '-')}.json`);
        writeFileSync(file, JSON.stringify(certificateOf(key, question, budget)));
        open.push({ cell, question, file });
      } catch (error) {
        if (!(error instanceof MoeError)) throw error;
        done.push({ cell, question, outcome: 'none', words: error.message });
      }
      if (open.length === BATCH) check();
    }
    told(nameOf(key));
  }
  check();
  return done;
}

function checked(
  files: readonly { readonly cell: string; readonly question: Question; readonly file: string }[],
): CertifiedCell[] {
  if (files.length === 0) return [];
  const run = spawnSync('python3', [verifier, ...files.map(({ file }) => file)], { encoding: 'utf8' });
  const said = new Map(
    run.stdout.split('\n').map((line) => {
      const [, file = '', outcome = '', words = ''] = /^(.*?): (proved|refused): (.*)$/.exec(line) ?? [];
      return [file, { outcome, words }] as const;
    }),
  );
  return files.map((of) => {
    const { outcome = 'refused', words = run.stderr } = said.get(of.file) ?? {};
    return { ...of, outcome: outcome === 'proved' ? 'proved' : 'refused', words };
  });
}
