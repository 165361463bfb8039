/**
 * `node docs/verdicts/generate.mjs [--redo TEXT] [--part I/N] [--budget THOUSAND-MILLION-OPERATIONS]` or `... --merge PART...`: the table of
 * verdicts. It takes long; the parts may run side by side.
 */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { createServer, defaultServerConditions } from 'vite';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    redo: { type: 'string' },
    part: { type: 'string' },
    budget: { type: 'string', default: '10' },
    merge: { type: 'boolean' },
  },
});

const conditions = ['tfjs-moe-source', ...defaultServerConditions];
const server = await createServer({
  root: resolve(import.meta.dirname, '..'),
  configFile: false,
  logLevel: 'error',
  appType: 'custom',
  server: { middlewareMode: true, watch: null, ws: false },
  optimizeDeps: { noDiscovery: true },
  resolve: { conditions },
  ssr: { resolve: { conditions } },
});
try {
  const { generate, merge } = await server.ssrLoadModule(resolve(import.meta.dirname, 'generate.ts'));
  if (values.merge) merge(positionals);
  else {
    const part = values.part?.split('/').map(Number);
    generate({ redo: values.redo, part, budget: 1000 * Number(values.budget) });
  }
} finally {
  await server.close();
}
