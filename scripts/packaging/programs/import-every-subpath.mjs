/** Imports every module specifier that it is given. */
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

for (const specifier of process.argv.slice(2)) {
  const exported = specifier.endsWith('.json') ? require(specifier) : await import(specifier);
  const actsAlone = /\/(register|soft)$/.test(specifier);
  if (Object.keys(exported).length === 0 && !actsAlone) throw new Error(`${specifier} exports nothing`);
}
