/** The quick cases of dispatch and training in headless Chromium. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { chromium } from 'playwright';
import { build, type Rolldown } from 'vite';
import type { Effort } from '../pairs.ts';
import type { MeasureInPage, Row, Subject } from '../subject.ts';

/** Nothing listens there: every request is answered from here. */
const ORIGIN = 'http://localhost';

export const browser: Subject = {
  name: 'browser',
  about: 'the quick cases of dispatch and training in headless Chromium; ratios as there',
  async measure({ quick, effort, log }) {
    const script = await pageScript();
    const instance = await chromium.launch({
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: ['--no-sandbox'],
    });
    try {
      log(`Chromium ${instance.version()}`);
      const page = await instance.newPage();
      page.on('console', (message) => log(message.text()));
      await page.route(`${ORIGIN}/**`, (route) => {
        const { pathname } = new URL(route.request().url());
        if (pathname === '/page.js') return route.fulfill({ contentType: 'text/javascript', body: script });
        if (pathname === '/tfjs.wasm')
          return route.fulfill({ contentType: 'application/wasm', path: wasmFile() });
        return route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>bench</title>' });
      });
      await page.goto(ORIGIN);
      await page.addScriptTag({ url: '/page.js', type: 'module' });
      await page.waitForFunction(() => 'measure' in globalThis);
      const rows = await page.evaluate(
        ([own, wasm]) => (globalThis as unknown as { measure: MeasureInPage }).measure(own, wasm),
        [inPage(effort, quick), `${ORIGIN}/tfjs.wasm`] as const,
      );
      return rows.map((row): Row => ({ ...row, engine: `Chromium ${instance.version()}` }));
    } finally {
      await instance.close();
    }
  },
};

/** Clocks of a page tick ten times in a millisecond, and both subjects together should not take longer than one. */
function inPage(effort: Effort, quick: boolean): Effort {
  return { ...effort, atLeastMs: 20, ...(quick && { rounds: 5, slowMs: 200 }) };
}

/** The page's module and all it imports, as one script. */
async function pageScript(): Promise<string> {
  const [{ output }] = (await build({
    configFile: false,
    logLevel: 'error',
    build: {
      write: false,
      minify: false,
      target: 'esnext',
      lib: { entry: join(import.meta.dirname, '../page/page.js'), formats: ['es'] },
    },
  })) as Rolldown.RolldownOutput[] as [Rolldown.RolldownOutput];
  return output[0].code;
}

function wasmFile(): string {
  return createRequire(import.meta.url).resolve(
    '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm',
  );
}
