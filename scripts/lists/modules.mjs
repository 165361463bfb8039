/** The modules that name every built-in definition: registers, and the part of an index that lists plugins. */
import { definitionsOf, families } from './definitions.mjs';

const imported = ({ name, file }, folder) => `import { ${name} } from './${folder}${file}';`;
const from = (line) => line.slice(line.indexOf(' from '));

/** A module that registers the definitions of some roles. */
export function registerModule(header, roles, { before = [], lines = [], folder = '' } = {}) {
  const all = roles.map((role) => [role, definitionsOf(role)]);
  const imports = all.flatMap(([, definitions]) => definitions);
  return [
    ...header,
    ...before,
    "import { register } from '@tfjs-moe/core';",
    ...[
      ...imports.map((definition) => imported(definition, folder)),
      ...lines.filter(({ isImport }) => isImport).map(({ text }) => text),
    ].sort((a, b) => (from(a) < from(b) ? -1 : 1)),
    '',
    ...lines.filter(({ isImport }) => !isImport).map(({ text }) => text),
    ...all.flatMap(([role, definitions]) => [
      `for (const ${role} of [${definitions.map(({ name }) => name).join(', ')}]) {`,
      `  register('${role}', ${role}.kind, ${role});`,
      '}',
    ]),
    '',
  ].join('\n');
}

/** The lines of an index that export the definitions of a role, under the headings of their groups. */
export function exportLines(role, heading) {
  const folder = families[role].sources.replace(/^packages\/\w+\/src\/?/, '');
  let group;
  return definitionsOf(role).flatMap(({ name, types, file, page }) => {
    const isNew = page.group !== group;
    group = page.group;
    const exported = [...types.map((type) => `type ${type}`), name].join(', ');
    const line = `export { ${exported} } from './${folder === '' ? '' : `${folder}/`}${file}';`;
    return isNew && group !== undefined ? [`// ${heading}, ${group}.`, line] : [line];
  });
}
