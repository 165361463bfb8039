/** Opens a page in headless Chromium, as a visitor would. */
import { chromium as browserType } from 'playwright';
import { chromium } from '../chromium.mjs';
import { serve } from './serve.mjs';

const PATIENCE = 60_000;

/**
 * Waits until the page has printed a line. Any error of the page, or a file that it lacks, is an error here.
 * @param folder what is served; the page is its index.html
 * @param line what the page prints at the end
 */
export async function openPage(folder, line) {
  const { address, stop } = await serve(folder);
  const browser = await browserType.launch({ executablePath: chromium, args: ['--no-sandbox'] });
  try {
    const page = await browser.newPage();
    const failed = firstError(page);
    const printed = page.waitForEvent('console', {
      predicate: (message) => message.text() === line,
      timeout: PATIENCE,
    });
    await Promise.race([failed, Promise.all([printed, page.goto(address)])]);
  } finally {
    await browser.close();
    stop();
  }
}

/** Rejects at the first error of a page. */
function firstError(page) {
  return new Promise((_, reject) => {
    page.on('pageerror', reject);
    page.on('console', (message) => {
      if (message.type() === 'error') reject(new Error(`${message.text()} (${message.location().url})`));
    });
  });
}
