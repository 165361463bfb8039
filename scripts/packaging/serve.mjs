/** Serves a folder to the browser on this machine. */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';

const types = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
};

/**
 * @param headers sent with every file
 * @returns the address of the folder, and how to stop
 */
export async function serve(folder, headers = {}) {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, 'http://127.0.0.1');
    const path = join(folder, normalize(pathname.endsWith('/') ? `${pathname}index.html` : pathname));
    // Browsers ask for an icon that no page here has.
    if (pathname === '/favicon.ico') return response.writeHead(204).end();
    try {
      const content = await readFile(path);
      response
        .writeHead(200, { 'content-type': types[extname(path)] ?? 'application/octet-stream', ...headers })
        .end(content);
    } catch {
      response.writeHead(404, headers).end();
    }
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return { address: `http://127.0.0.1:${server.address().port}`, stop: () => server.close() };
}
