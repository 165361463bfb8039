/** Opens a page in headless Chromium, as a visitor would. */
import { chromium as browserType } from 'playwright';
import { chromium } from '../chromium.mjs';
import { serve } from './serve.mjs';

const PATIENCE = 60_000;

/**
 * Waits until the page has printed a line. Any error of the page, or a file that it lacks, is an error here.
 * @param folder what is served; the page is its index.html
 * @param line what the page prints at the end: a text, or a pattern
 * @param headers sent with every file
 * @param expected errors of the page that are meant to be there
 * @returns everything that the page has printed
 */
export async function openPage(folder, line, { headers, expected = () => false } = {}) {
  const { address, stop } = await serve(folder, headers);
  const browser = await browserType.launch({ executablePath: chromium, args: ['--no-sandbox'] });
  const printed = [];
  try {
    const page = await browser.newPage();
    page.on('console', (message) => printed.push(message.text()));
    const failed = firstError(page, expected);
    const done = page.waitForEvent('console', {
      predicate: (message) => (line instanceof RegExp ? line.test(message.text()) : message.text() === line),
      timeout: PATIENCE,
    });
    await Promise.race([failed, Promise.all([done, page.goto(address)])]);
    return printed;
  } catch (error) {
    throw new Error(`${error.message}\nThe page printed:\n${printed.join('\n')}`, { cause: error });
  } finally {
    await browser.close();
    stop();
  }
}

/** Rejects at the first error of a page. */
function firstError(page, expected) {
  return new Promise((_, reject) => {
    page.on('pageerror', (error) => {
      if (!expected(error.message)) reject(error);
    });
    page.on('console', (message) => {
      const text = `${message.text()} (${message.location().url})`;
      if (message.type() === 'error' && !expected(text)) reject(new Error(text));
    });
  });
}
