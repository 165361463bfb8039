/**
 * One server and one browser for all files of tests. The browser is started when the first of them asks for it: most tests
 * need none, and some run where there is none.
 */
import { existsSync } from 'node:fs';
import { type BrowserServer, chromium } from 'playwright';
import type { TestProject } from 'vitest/node';
import { dist, ofChromium, type Site, serveFiles } from './serve-site.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the site is served. */
    readonly origin: string;
  }
}

/** Where the address of the browser is asked for: the site has no such page. */
const BROWSER = '/.browser';

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  let browser: Promise<BrowserServer> | undefined;
  const files = await serveFiles((path, response) => {
    if (path !== BROWSER) return false;
    browser ??= chromium.launchServer(ofChromium);
    browser.then(
      (one) => response.end(one.wsEndpoint()),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
    return true;
  });
  project.provide('origin', files.origin);
  return async () => {
    await (await browser)?.close();
    await files.close();
  };
}

/** What a file of tests opens in the shared browser is closed with the site; the browser stays for the next one. */
export async function sharedSite(origin: string): Promise<Site> {
  if (!existsSync(dist)) throw new Error('the site is not built: run `pnpm --filter docs build` first');
  const answer = await fetch(origin + BROWSER);
  if (!answer.ok) throw new Error(`no browser: ${await answer.text()}`);
  const browser = await chromium.connect(await answer.text());
  return { origin, browser, close: () => browser.close() };
}
