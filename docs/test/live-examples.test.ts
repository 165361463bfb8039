/** The live examples train in a browser, from a server that has nothing but the site. */
import type { Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { openAwake } from './awake.ts';
import type { Site } from './serve-site.ts';
import { sharedSite } from './shared-site.ts';

let site: Site;
let page: Page;
let complaints: string[];

beforeAll(async () => {
  site = await sharedSite(inject('origin'));
});
afterAll(() => site?.close());

beforeEach(async () => {
  page = await site.browser.newPage();
  complaints = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => {
    const outside = !request.url().startsWith(`${site.origin}/`) && !request.url().startsWith('data:');
    if (outside) complaints.push(`asked for ${request.url()}`);
  });
  page.on('response', (response) => {
    if (!response.ok()) complaints.push(`${response.status()} for ${response.url()}`);
  });
});
afterEach(async () => {
  await page.close();
  expect(complaints).toEqual([]);
});

/** Where each example is, and a loss that it falls below. */
const examples = [
  { name: 'piecewise', path: '/', loss: 0.015 },
  { name: 'temperature', path: '/gates/temperature', loss: 0.08 },
  { name: 'hierarchical', path: '/gates/hierarchical', loss: 0.08 },
];

describe.each(examples)('$name', ({ name, path, loss }) => {
  test('shows a trained state before anything has run', async () => {
    const still = await (await site.browser.newContext({ javaScriptEnabled: false })).newPage();
    await still.goto(site.origin + path);
    const example = still.locator(`[data-live=${name}]`);
    expect(Number(await example.getAttribute('data-loss'))).toBeLessThan(loss);
    expect(await example.locator('.plot-figure svg').count()).toBe(
      await example.locator('.plot-figure').count(),
    );
    await still.context().close();
  });

  test('trains to the same loss in the browser', async () => {
    await page.goto(site.origin + path);
    const example = page.locator(`[data-live=${name}]`);
    const built = Number(await example.getAttribute('data-loss'));
    await example.getByRole('button', { name: 'Train' }).click();
    await page.waitForSelector(`[data-live=${name}][data-phase=running]`);
    await page.waitForSelector(`[data-live=${name}][data-phase=finished]`, { timeout: 120_000 });
    const trained = Number(await example.getAttribute('data-loss'));
    expect(trained).toBeLessThan(loss);
    expect(trained).toBeCloseTo(built, 3);
  });
});

test('pictures stay where the code that draws them never arrives', async () => {
  const blocked = await (await site.browser.newContext()).newPage();
  // The chunk of Observable Plot.
  let asked = 0;
  await blocked.route('**/chunks/src.*.js', (route) => {
    asked++;
    return route.abort();
  });
  await openAwake(blocked, site.origin);
  const heights = await blocked
    .locator('.plot-figure svg')
    .evaluateAll((pictures) => pictures.map((picture) => picture.getBoundingClientRect().height));
  await expect.poll(() => asked).toBeGreaterThan(0);
  expect(heights).toHaveLength(4);
  expect(Math.min(...heights)).toBeGreaterThan(60);
  await blocked.context().close();
});

test('a cell of the table of verdicts has an address, and the table is one stop of the Tab key', async () => {
  await page.goto(`${site.origin}/theory/verdicts#softmax/gelu/2/2`);
  const table = page.locator('[data-verdicts=softmax]');
  await table.getByText('gelu(a·x + b), 2 inputs, 2 experts').waitFor();
  const chosen = table.locator('button[aria-pressed=true]');
  expect(await table.locator('button[tabindex="0"]').count()).toBe(1);
  await chosen.focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  await table.getByText('gelu(a·x + b), 2 inputs, 3 experts').waitFor();
  expect(new URL(page.url()).hash).toBe('#softmax/gelu/2/3');
});

test('training stops, and starts again from the beginning', async () => {
  await page.goto(site.origin);
  const example = page.locator('[data-live=piecewise]');
  await example.getByRole('button', { name: 'Train' }).click();
  await page.waitForSelector('[data-live=piecewise][data-phase=running]');
  await example.getByRole('button', { name: 'Stop' }).click();
  await page.waitForSelector('[data-live=piecewise][data-phase=stopped]');
  expect(Number(await example.getAttribute('data-step'))).toBeLessThan(400);
  await example.getByRole('button', { name: 'Train' }).press('Enter');
  await page.waitForSelector('[data-live=piecewise][data-phase=running]');
});

test('a collapsed router stays collapsed until its balance loss is switched on', async () => {
  await page.goto(`${site.origin}/guide/balance`);
  const example = page.locator('[data-live=collapse]');
  await example.getByRole('button', { name: 'Train' }).click();
  await stepAfter(60);
  expect(Number(await example.getAttribute('data-loss'))).toBeGreaterThan(0.25);
  await example.getByRole('checkbox', { name: 'balance loss' }).check();
  await page.waitForSelector('[data-live=collapse][data-phase=finished]', { timeout: 120_000 });
  expect(Number(await example.getAttribute('data-loss'))).toBeLessThan(0.05);

  async function stepAfter(step: number): Promise<void> {
    await page.waitForFunction(
      (least) => {
        const { phase, step } = document.querySelector<HTMLElement>('[data-live=collapse]')!.dataset;
        return phase === 'running' && Number(step) > least;
      },
      step,
      { timeout: 120_000 },
    );
  }
});

test('a collapse that the reader forces stays without automatic balance, and passes with it', async () => {
  await page.goto(`${site.origin}/guide/collapse`);
  const example = page.locator('[data-live=loss-free]');
  const violation = async () => Number(await example.locator('[data-fact=violation]').textContent());
  // As the page was built: recovered from two.
  expect(await violation()).toBeLessThan(1);
  await example.getByRole('button', { name: 'Train' }).click();
  await page.waitForFunction(() => {
    const { phase, step } = document.querySelector<HTMLElement>('[data-live=loss-free]')!.dataset;
    return phase === 'running' && Number(step) > 40;
  });
  expect(await violation()).toBeCloseTo(3, 5);
  await example.getByRole('checkbox', { name: 'automatic balance' }).check();
  await expect.poll(violation, { timeout: 120_000 }).toBeLessThan(1.5);
  await example.getByRole('button', { name: 'Collapse' }).click();
  await page.waitForSelector('[data-live=loss-free][data-phase=finished]', { timeout: 120_000 });
  expect(await example.locator('.plot-figure').first().textContent()).toContain('collapse');
  expect(Number(await example.getAttribute('data-loss'))).toBeLessThan(0.35);
});

test('readers who asked for less motion get a new picture once a second', async () => {
  const calm = await (await site.browser.newContext({ reducedMotion: 'reduce' })).newPage();
  await openAwake(calm, site.origin);
  await calm.evaluate(() => {
    const figure = document.querySelector('.plot-figure > [role=img]')!;
    new MutationObserver(() => {
      figure.setAttribute('data-redrawn', String(Number(figure.getAttribute('data-redrawn')) + 1));
    }).observe(figure, { childList: true });
  });
  const began = performance.now();
  await calm.getByRole('button', { name: 'Train' }).click();
  await calm.waitForSelector('[data-phase=finished]', { timeout: 120_000 });
  const redrawn = Number(
    await calm.locator('.plot-figure > [role=img]').first().getAttribute('data-redrawn'),
  );
  expect(redrawn).toBeGreaterThan(0);
  expect(redrawn).toBeLessThan(2 + (performance.now() - began) / 1000);
  await calm.context().close();
});

test('the slider moves the map from soft to hard, with the keyboard', async () => {
  await page.goto(`${site.origin}/gates/temperature`);
  const example = page.locator('[data-live=temperature]');
  const used = async () => Number(await example.locator('[data-fact=experts]').textContent());
  const slider = example.getByRole('slider');
  await slider.focus();
  await page.keyboard.press('End');
  await expect.poll(used).toBe(4);
  expect(await slider.getAttribute('aria-valuetext')).toBe('1.0e+2');
  await page.keyboard.press('Home');
  await expect.poll(used).toBeLessThan(1.05);
});

test('no kind of page asks for anything from elsewhere, or is wider than a phone', async () => {
  await page.setViewportSize({ width: 375, height: 700 });
  for (const path of [
    '/',
    '/guide/getting-started',
    '/gates/top-k',
    '/architecture',
    '/api/',
    '/api/gates',
  ]) {
    await openAwake(page, site.origin + path);
    const [wide, screen] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    expect(wide, path).toBeLessThanOrEqual(screen!);
  }
});
