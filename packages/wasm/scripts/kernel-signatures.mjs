/**
 * The signatures of the kernels as TypeScript, read from assembly/: what assembly/index.ts exports, with the names and the
 * comments of its source. So they are written once.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const assembly = join(import.meta.dirname, '../assembly');
const sourceOf = (name) => readFileSync(join(assembly, `${name}.ts`), 'utf8');

/** Text of the module that declares the interface `Kernels`. */
export function signatureSource() {
  const exported = [...sourceOf('index').matchAll(/export \{ (.+?) \} from '\.\/(.+?)';/g)];
  const members = exported.flatMap(([, names, file]) =>
    names.split(', ').map((name) => memberOf(name, sourceOf(file))),
  );
  return [
    '// Written by scripts/build-kernels.mjs from assembly/.',
    '',
    '/** What the module exports; every number is a byte address, a size or a flag. */',
    'export interface Kernels {',
    ...members,
    '}',
    '',
  ].join('\n');
}

function memberOf(name, source) {
  const pattern = new RegExp(
    `(/\\*\\*(?:(?!\\*/)[\\s\\S])*\\*/\\n)?(?://.*\\n)*(?:@\\w+ )?export function ${name}\\(([^)]*)\\): (\\w+)`,
  );
  const [, comment = '', parameters, result] = pattern.exec(source) ?? [];
  if (result === undefined)
    throw new Error(`assembly/ exports ${name}, but no function of that name is there`);
  const names = [...parameters.matchAll(/(\w+): \w+/g)].map(([, parameter]) => `${parameter}: number`);
  const text = `${comment}${name}(${names.join(', ')}): ${result === 'void' ? 'void' : 'number'};`;
  return text.replace(/^/gm, '  ');
}
