/** Counts the lines of theory, measures and estimators that ask a plugin for its kind by name: they should read traits. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

/** Lines that may ask, by package. Lower a number as soon as it can be; what stays must be about words for people. */
const most = { theory: 0, measures: 0, estimators: 0 };

/** The TypeScript files of a package. */
function sourcesOf(name) {
  const folder = `packages/${name}/src`;
  return readdirSync(folder, { recursive: true })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => join(folder, path));
}

/** The kinds of the built-in plugins, from their definitions. */
const kinds = new Set(
  ['gates', 'experts']
    .flatMap(sourcesOf)
    .flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/define(?:Gate|Router|Expert)(?:<[^(]*>)?\(\s*'(\w+)'/g)].map(
        ([, kind]) => kind,
      ),
    ),
);

if (kinds.size === 0) throw new Error('no kind was found: run this from the root of the repository');

const isKind = (node) => ts.isStringLiteralLike(node) && kinds.has(node.text);
const readsKind = (node) =>
  (ts.isIdentifier(node) && node.text === 'kind') ||
  (ts.isPropertyAccessExpression(node) && node.name.text === 'kind') ||
  (ts.isNonNullExpression(node) && readsKind(node.expression));

/** Whether a node compares a kind with a name, chooses by one, or looks one up in a list. */
function asks(node) {
  if (ts.isBinaryExpression(node))
    return (readsKind(node.left) && isKind(node.right)) || (isKind(node.left) && readsKind(node.right));
  if (ts.isCaseClause(node)) return isKind(node.expression) && readsKind(node.parent.parent.expression);
  return (
    ts.isCallExpression(node) &&
    ts.isPropertyAccessExpression(node.expression) &&
    node.expression.name.text === 'includes' &&
    node.arguments.some(readsKind)
  );
}

function askingLines(name) {
  return sourcesOf(name).flatMap((file) => {
    const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
    const found = new Set();
    const visit = (node) => {
      if (asks(node)) found.add(source.getLineAndCharacterOfPosition(node.getStart()).line + 1);
      node.forEachChild(visit);
    };
    visit(source);
    return [...found].map((line) => `${file}:${line}`);
  });
}

let files = 0;
for (const [name, allowed] of Object.entries(most)) {
  files += sourcesOf(name).length;
  const lines = askingLines(name);
  if (lines.length <= allowed) continue;
  console.error(
    `${name}: ${lines.length} lines ask a plugin for its kind, and ${allowed} may; read its traits instead`,
  );
  console.error(lines.join('\n'));
  process.exitCode = 1;
}
console.log(`${kinds.size} kinds, ${files} files`);
