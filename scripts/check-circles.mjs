/**
 * Imports run one way: no circle of files, none of the folders that stand beside each other in a package (whether closed
 * by a file in them or by one that lies between), none of packages. Imports of types alone count. A circle is printed
 * with the imports that close it. `pnpm run circles` runs it.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const HOMES = ['packages', 'apps'];

/** The folder of every package by its name. */
const packages = new Map(
  HOMES.flatMap((home) => readdirSync(home).map((name) => join(home, name)))
    .filter((folder) => existsSync(join(folder, 'src')))
    .map((folder) => [JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).name, folder]),
);

/** The TypeScript files under `src` of a package or an app. */
function sourcesOf(folder) {
  return readdirSync(join(folder, 'src'), { recursive: true })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => join(folder, 'src', path));
}

/** What a file names in its imports, exports, import types and dynamic imports. */
function namesIn(file) {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest);
  const names = [];
  const visit = (node) => {
    const named = ts.isImportTypeNode(node)
      ? node.argument.literal
      : ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword
        ? node.arguments[0]
        : node.moduleSpecifier;
    if (named !== undefined && ts.isStringLiteralLike(named)) names.push(named.text);
    node.forEachChild(visit);
  };
  visit(source);
  return names;
}

/** Where a name leads: to a file beside it, to a package (its folder), or out of the repository. */
function targetOf(file, name) {
  if (name.startsWith('.')) {
    const path = join(file, '..', name);
    return existsSync(path) ? path : undefined;
  }
  return packages.get(
    name
      .split('/')
      .slice(0, name.startsWith('@') ? 2 : 1)
      .join('/'),
  );
}

/** Arrows as a map from the beginning of each to its ends, each end with an import that draws it. */
function graph(arrows) {
  const from = new Map();
  for (const { begin, end, drawn } of arrows) {
    if (!from.has(begin)) from.set(begin, new Map());
    if (!from.get(begin).has(end)) from.get(begin).set(end, drawn);
  }
  return from;
}

/** The graph of the entries of every folder: an arrow is drawn where the paths of an import part. */
function graphsOfFolders(imports) {
  const folders = new Map();
  for (const { from, to } of imports) {
    const [here, there] = [from.split('/'), to.split('/')];
    const shared = here.findIndex((step, i) => step !== there[i]);
    if (shared < 0 || there[shared] === undefined) continue;
    const folder = here.slice(0, shared).join('/');
    if (!folders.has(folder)) folders.set(folder, []);
    folders.get(folder).push({ begin: here[shared], end: there[shared], drawn: `${from} imports ${to}` });
  }
  return new Map([...folders].map(([folder, arrows]) => [folder, graph(arrows)]));
}

/** The shortest circle from an entry to itself, by way of another that counts. */
function circleThrough(arrows, start, counts) {
  const ways = [{ at: start, counted: false, steps: [] }];
  const seen = new Set();
  for (const { at, counted, steps } of ways) {
    for (const [next, drawn] of arrows.get(at) ?? []) {
      const there = {
        at: next,
        counted: counted || (next !== start && counts(next)),
        steps: [...steps, drawn],
      };
      if (next === start && there.counted) return there.steps;
      const state = `${next} ${there.counted}`;
      if (next === start || seen.has(state)) continue;
      seen.add(state);
      ways.push(there);
    }
  }
  return undefined;
}

/** One circle for every entry that counts and is in one; those that say the same are left out. */
function circlesOf(arrows, counts) {
  const told = new Set();
  return [...arrows.keys()].filter(counts).flatMap((entry) => {
    const steps = circleThrough(arrows, entry, counts);
    const key = steps && [...steps].sort().join();
    if (steps === undefined || told.has(key)) return [];
    told.add(key);
    return [steps];
  });
}

const imports = [...packages.values()].flatMap(sourcesOf).flatMap((from) =>
  namesIn(from).flatMap((name) => {
    const to = targetOf(from, name);
    return to === undefined ? [] : [{ from, to }];
  }),
);
if (imports.length === 0) throw new Error('no import was found: run this from the root of the repository');

const files = graph(
  imports.map(({ from, to }) => ({ begin: from, end: to, drawn: `${from} imports ${to}` })),
);
const circles = [
  ...circlesOf(files, () => true).map((steps) => ({ of: 'files', steps })),
  ...[...graphsOfFolders(imports)].flatMap(([folder, arrows]) =>
    circlesOf(arrows, (entry) => !entry.endsWith('.ts')).map((steps) => ({
      of: `folders in ${folder}`,
      steps,
    })),
  ),
];
for (const { of, steps } of circles) console.error(`a circle of ${of}:\n  ${steps.join('\n  ')}\n`);
console.log(`${imports.length} imports, ${circles.length} circles`);
process.exitCode = circles.length === 0 ? 0 : 1;
