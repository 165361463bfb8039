/** The playground in a browser: a link replays to the numbers of Node, and nothing it is given leaves it blank. */
import * as tf from '@tensorflow/tfjs';
import type { Page } from 'playwright';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { parseFragment } from '../playground/fragment.ts';
import { trainer } from '../playground/train.ts';
import type { Site } from './serve-site.ts';
import { sharedSite } from './shared-site.ts';

let site: Site;
let page: Page;
const complaints: string[] = [];

beforeAll(async () => {
  await tf.setBackend('cpu');
  site = await sharedSite(inject('origin'));
  page = await site.browser.newPage({ viewport: { width: 390, height: 844 } });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
});
afterAll(async () => {
  expect(complaints).toEqual([]);
  await site?.close();
});

async function open(fragment: string): Promise<void> {
  await page.goto('about:blank');
  await page.goto(`${site.origin}/playground#${fragment}`);
}

test('shows a trained picture before any script has run', async () => {
  const still = await (await site.browser.newContext({ javaScriptEnabled: false })).newPage();
  await still.goto(`${site.origin}/playground`);
  expect(Number(await still.locator('.playground').getAttribute('data-error'))).toBeLessThan(0.2);
  expect(await still.locator('.playground-map path').count()).toBeGreaterThan(40);
  await still.context().close();
});

test('a link replays to the numbers that Node has, on a phone, without scrolling sideways', async () => {
  const fragment = 'v1&data=moons&n=40&experts=3&expert=ffn:tanh:4&steps=15';
  await open(fragment);
  await page.waitForSelector('.playground[data-phase=done][data-step="15"]');
  const training = trainer(parseFragment(fragment).settings);
  let { error } = await training.step();
  while (training.made < 15) ({ error } = await training.step());
  training.dispose();
  expect(Number(await page.locator('.playground').getAttribute('data-error'))).toBeCloseTo(error, 6);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(wide).toBeLessThanOrEqual(390);
});

test('an address that cannot be read is said to be so, and trains all the same', async () => {
  await open('v1&gate=nobody&experts=99&%zz&n=40');
  await page.getByText('gate "nobody" is none of').waitFor();
  await page.getByRole('button', { name: 'Step' }).press('Enter');
  await page.waitForSelector('.playground[data-step="1"]');
  expect(await page.locator('.playground-map').count()).toBe(14);
});

test('goes by keyboard: a slider changes the address, Space trains and pauses', async () => {
  await open('v1&n=40');
  await page.getByLabel('Experts', { exact: false }).and(page.getByRole('slider')).first().focus();
  await page.keyboard.press('ArrowLeft');
  await expect.poll(() => new URL(page.url()).hash).toBe('#v1&n=40&experts=7');
  await page.locator('.playground').focus();
  await page.keyboard.press('Space');
  await page.waitForSelector('.playground[data-phase=running]');
  await page.keyboard.press('Space');
  await page.waitForSelector('.playground[data-phase=paused]');
});
