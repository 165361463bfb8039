/** The built site on a port of this machine, and a browser to look at it with. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { type Browser, chromium } from 'playwright';
import { docs } from './pages.ts';

export const dist: string = join(docs, '.vitepress/dist');

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

export interface Site {
  /** `http://localhost:1234` */
  readonly origin: string;
  readonly browser: Browser;
  /** Cuts the network: nobody answers any more. */
  cut(): Promise<void>;
  close(): Promise<void>;
}

export async function serveSite(): Promise<Site> {
  if (!existsSync(dist)) throw new Error('the site is not built: run `pnpm --filter docs build` first');
  const server = createServer(async ({ url = '/' }, response) => {
    const file = fileOf(new URL(url, 'http://localhost').pathname);
    response.writeHead(file ? 200 : 404, { 'content-type': types[extname(file ?? '')] ?? 'text/plain' });
    response.end(file ? await readFile(file) : 'not found');
  });
  await new Promise<void>((resolve) => server.listen(0, resolve));
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox'],
  });
  return {
    origin: `http://localhost:${(server.address() as AddressInfo).port}`,
    browser,
    cut: () => closed(server),
    async close() {
      await browser.close();
      if (server.listening) await closed(server);
    },
  };
}

/** The file behind a path, with clean addresses as on the usual hosts. */
export function fileOf(path: string): string | undefined {
  const asked = join(dist, decodeURIComponent(path));
  const candidates = path.endsWith('/') ? [join(asked, 'index.html')] : [asked, `${asked}.html`];
  return candidates.find((file) => extname(file) !== '' && existsSync(file));
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
