/** Imports every module specifier that it is given. */
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

for (const specifier of process.argv.slice(2)) {
  const exported = specifier.endsWith('.json') ? require(specifier) : await import(specifier);
  // Some register, and the command exports types alone.
  const actsAlone = /\/(register|soft|cli)$/.test(specifier);
  if (Object.keys(exported).length === 0 && !actsAlone) throw new Error(`${specifier} exports nothing`);
}
