/**
 * What a reader would trip over on a page: errors, scrolling sideways, pictures that are gone once the page has woken up,
 * and what axe finds that keeps people from reading or operating it.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, BrowserContext, Page } from 'playwright';
import { openAwake } from './awake.ts';

const WIDTHS = [390, 768, 1280] as const;
const SCHEMES = ['light', 'dark'] as const;
/** Where axe looks: its finds differ by layout and by colours, hardly by both. */
export const AXE_VIEWS = ['390 dark', '1280 light'] as const;

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Pictures that are smaller are icons. */
const PICTURE = 40;

/** After so many milliseconds a picture that is missing will not come: far more than a busy machine needs. */
const PATIENCE = 20_000;

export interface Walker {
  /** What is wrong with a page, in sentences; none is good. Axe, which takes longest, looks in these views. */
  faultsOf(path: string, axeViews?: readonly string[]): Promise<string[]>;
  close(): Promise<void>;
}

export async function walker(browser: Browser, origin: string): Promise<Walker> {
  const moving = await browser.newContext({ reducedMotion: 'reduce' });
  // What is kept for later is not looked at here, and would be fetched for every page.
  await moving.addInitScript(() => {
    delete (Navigator.prototype as { serviceWorker?: unknown }).serviceWorker;
  });
  const still = await browser.newContext({ javaScriptEnabled: false });
  return {
    async faultsOf(path, axeViews = AXE_VIEWS) {
      const before = await picturesWithoutScripts(still, origin + path);
      return (await faultsInViews(moving, origin + path, before, axeViews)).map(
        (fault) => `${path}: ${fault}`,
      );
    },
    async close() {
      await Promise.allSettled([moving.close(), still.close()]);
    },
  };
}

async function picturesWithoutScripts(context: BrowserContext, address: string): Promise<number> {
  const page = await context.newPage();
  try {
    await page.goto(address);
    return await picturesOn(page);
  } finally {
    await page.close();
  }
}

async function faultsInViews(
  context: BrowserContext,
  address: string,
  pictures: number,
  axeViews: readonly string[],
): Promise<string[]> {
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(`error: ${error.message}`));
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) faults.push(`console: ${message.text()}`);
  });
  try {
    await openAwake(page, address);
    // Half a colour on its way to another one has the contrast of neither.
    await page.addStyleTag({ content: '*, ::before, ::after { transition: none !important }' });
    await page.evaluate(axe);
    for (const colorScheme of SCHEMES) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: 900 });
        const found = await arrivedPictures(page, pictures);
        const view = `${width} px, ${colorScheme}`;
        if (found < pictures)
          faults.push(`${view}: ${found} pictures, ${pictures} before any script had run`);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth);
        if (wide > width) faults.push(`${view}: ${wide} px wide`);
        if (axeViews.includes(`${width} ${colorScheme}`))
          faults.push(...(await barriers(page)).map((barrier) => `${view}: ${barrier}`));
      }
    }
  } finally {
    await page.close();
  }
  return faults;
}

/** As many as are expected, as soon as they are there: a page that wakes up, or is laid out anew, draws some of them again. */
async function arrivedPictures(page: Page, expected: number): Promise<number> {
  const until = performance.now() + PATIENCE;
  for (;;) {
    await page.evaluate(
      () => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))),
    );
    const found = await picturesOn(page);
    if (found >= expected || performance.now() > until) return found;
  }
}

function picturesOn(page: Page): Promise<number> {
  return page.locator('.VPContent svg, .VPContent img').evaluateAll(
    (all, least) =>
      all.filter((one) => {
        const { width, height } = one.getBoundingClientRect();
        return width >= least && height >= least;
      }).length,
    PICTURE,
  );
}

interface Finding {
  readonly id: string;
  readonly impact: string | null;
  readonly nodes: readonly { readonly target: readonly unknown[]; readonly failureSummary?: string }[];
}

/** What axe calls serious or critical. */
async function barriers(page: Page): Promise<string[]> {
  const violations = (await page.evaluate(async () => {
    const { axe } = window as unknown as { axe: { run(o: object): Promise<{ violations: unknown }> } };
    return (await axe.run({ resultTypes: ['violations'] })).violations;
  })) as readonly Finding[];
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => {
      const [first] = nodes;
      const why = first?.failureSummary?.split('\n')[1]?.trim() ?? '';
      return `${id}, ${nodes.length} times, as at ${first?.target.join(' ')}: ${why}`;
    });
}
