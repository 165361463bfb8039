/** Production builds with Vite, in a consumer's project. */
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';

const settings = (root) => ({ configFile: false, root, logLevel: 'error', envDir: false });

/** Builds the site whose index.html lies in `root`, into `root`/dist, and returns the bytes of its code, gzipped. */
export async function bundleSite(root) {
  const { output } = await build(settings(root));
  const chunks = output.filter(({ type }) => type === 'chunk');
  return chunks.reduce((sum, { code }) => sum + gzipSync(code).length, 0);
}

/** Builds one module as a library without TensorFlow.js and Node's own modules, and returns its code. */
export async function bundleModule(root, module, { minify = false } = {}) {
  const { output } = await build({
    ...settings(root),
    build: {
      write: false,
      minify,
      modulePreload: false,
      rolldownOptions: {
        input: join(root, module),
        external: /^(@tensorflow\/|node:)/,
        preserveEntrySignatures: 'strict',
      },
    },
  });
  return output.find(({ type, isEntry }) => type === 'chunk' && isEntry).code;
}
