/** Opens a page in headless Chromium, as a visitor would. */
import { chromium as browserType } from 'playwright';
import { chromium } from '../chromium.mjs';
import { serve } from './serve.mjs';

const PATIENCE = 60_000;

/**
 * Waits until the page has printed a line. Any error of the page, or a file that it lacks, is an error here.
 * @param folder what is served; the page is its index.html
 * @param line what the page prints at the end: a text, or a pattern
 * @param options headers sent with every file, and errors of the page that are meant to be there
 * @returns everything that the page has printed
 */
export async function openPage(folder, line, options) {
  const isLast = (message) => (line instanceof RegExp ? line.test(message.text()) : message.text() === line);
  return visit(
    folder,
    async (page, printed) => {
      await page.waitForEvent('console', { predicate: isLast, timeout: PATIENCE });
      return printed;
    },
    options,
  );
}

/**
 * Opens a page, and looks at it. Any error of the page, or a file that it lacks, is an error here.
 * @param look begins before the page is loaded; gets the page, and the lines that it prints
 * @returns what `look` returns
 */
export async function visit(folder, look, { headers, expected = () => false } = {}) {
  const { address, stop } = await serve(folder, headers);
  const browser = await browserType.launch({ executablePath: chromium, args: ['--no-sandbox'] });
  const printed = [];
  try {
    const page = await browser.newPage();
    page.setDefaultTimeout(PATIENCE);
    page.on('console', (message) => printed.push(message.text()));
    const failed = firstError(page, expected);
    const looked = Promise.all([look(page, printed), page.goto(address)]);
    const [found] = await Promise.race([failed, looked]);
    return found;
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
