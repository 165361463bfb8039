/**
 * Asks TypeScript's language service what an editor shows for every public export of every built package: all must have
 * documentation, and a signature. `pnpm exports` runs it; it needs a build.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import ts from 'typescript';

const entries = readdirSync('packages').flatMap((folder) => {
  const manifest = JSON.parse(readFileSync(join('packages', folder, 'package.json'), 'utf8'));
  if (manifest.private) return [];
  return Object.entries(manifest.publishConfig.exports)
    .filter(([, target]) => target.types !== undefined)
    .map(([subpath, { types }]) => ({
      name: join(manifest.name, subpath),
      path: resolve('packages', folder, types),
    }));
});

// One program that imports everything, as a user's would, and names every export once.
const options = { module: ts.ModuleKind.NodeNext, skipLibCheck: true, strict: true, types: [] };
const program = ts.createProgram(
  entries.map(({ path }) => path),
  options,
);
const checker = program.getTypeChecker();
let text = '';
const asked = [];
entries.forEach(({ name, path }, i) => {
  const module = checker.getSymbolAtLocation(program.getSourceFile(path));
  if (module === undefined) return;
  const names = checker.getExportsOfModule(module).map((symbol) => symbol.name);
  text += `import * as m${i} from ${JSON.stringify(path.replace(/\.d\.ts$/, '.js'))};\n`;
  for (const each of names) {
    text += `export { ${each} as `;
    text += `e${asked.length} } from ${JSON.stringify(path.replace(/\.d\.ts$/, '.js'))};\n`;
    asked.push({ symbol: `${name}: ${each}`, at: text.lastIndexOf(`{ ${each} as`) + 2 });
  }
});

const file = resolve('every-export.ts');
const service = ts.createLanguageService({
  getScriptFileNames: () => [file],
  getScriptVersion: () => '1',
  getScriptSnapshot: (path) => {
    const content = path === file ? text : ts.sys.readFile(path);
    return content === undefined ? undefined : ts.ScriptSnapshot.fromString(content);
  },
  getCurrentDirectory: () => process.cwd(),
  getCompilationSettings: () => options,
  getDefaultLibFileName: ts.getDefaultLibFilePath,
  fileExists: (path) => path === file || ts.sys.fileExists(path),
  readFile: (path) => (path === file ? text : ts.sys.readFile(path)),
});
const silent = asked.filter(({ at }) => {
  const shown = service.getQuickInfoAtPosition(file, at);
  return ts.displayPartsToString(shown?.documentation).trim() === '';
});
for (const { symbol } of silent) console.log(`FAIL an editor shows no documentation for ${symbol}`);
console.log(`${asked.length} exports, ${silent.length} without documentation`);
process.exit(asked.length > 0 && silent.length === 0 ? 0 : 1);
