/** The built site on a port of this machine, and a browser to look at it with. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { type Browser, chromium } from 'playwright';
import { docs } from './pages.ts';

export const dist: string = join(docs, '.vitepress/dist');

export const ofChromium: { readonly executablePath: string; readonly args: string[] } = {
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
};

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

export interface Files {
  /** `http://localhost:1234` */
  readonly origin: string;
  /** Cuts the network: nobody answers any more. */
  close(): Promise<void>;
}

export interface Site {
  readonly origin: string;
  readonly browser: Browser;
  close(): Promise<void>;
}

/** The site for a program that looks at it alone; tests share one, see `shared-site.ts`. */
export async function openSite(): Promise<Site> {
  const files = await serveFiles();
  const browser = await chromium.launch(ofChromium);
  return {
    origin: files.origin,
    browser,
    async close() {
      await browser.close();
      await files.close();
    },
  };
}

/** @param others answers what is no file of the site, and says whether it has */
export async function serveFiles(
  others: (path: string, response: ServerResponse) => boolean = () => false,
): Promise<Files> {
  const answer: RequestListener = async ({ url = '/' }, response) => {
    const path = new URL(url, 'http://localhost').pathname;
    if (others(path, response)) return;
    const file = fileOf(path);
    response.writeHead(file ? 200 : 404, { 'content-type': types[extname(file ?? '')] ?? 'text/plain' });
    response.end(file ? await readFile(file) : 'not found');
  };
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, resolve));
  return {
    origin: `http://localhost:${(server.address() as AddressInfo).port}`,
    close: () => closed(server),
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
