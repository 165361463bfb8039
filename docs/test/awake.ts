/** A page that has woken up: Vue has taken it over, and what it asked for has arrived. */
import type { Page } from 'playwright';

/** Milliseconds in which a page that waits for nothing asks for nothing new. */
const BREATH = 60;
const PATIENCE = 60_000;

export async function openAwake(page: Page, address: string): Promise<void> {
  let [pending, asked] = [0, 0];
  const begun = () => {
    pending++;
    asked++;
  };
  const ended = () => {
    pending--;
  };
  page.on('request', begun);
  page.on('requestfinished', ended);
  page.on('requestfailed', ended);
  try {
    await page.goto(address, { waitUntil: 'load' });
    await page.waitForFunction(() => {
      const app = document.getElementById('app');
      // A page that is no part of the site, such as a report.
      return app === null || '__vue_app__' in app;
    });
    const until = performance.now() + PATIENCE;
    for (let before = -1; performance.now() < until; before = asked) {
      await page.evaluate(
        (breath) =>
          new Promise<void>((resolve) => {
            requestIdleCallback(() => setTimeout(resolve, breath), { timeout: 2000 });
          }),
        BREATH,
      );
      if (pending <= 0 && asked === before) return;
    }
    throw new Error(`${address} still waits for ${pending} of ${asked} requests`);
  } finally {
    page.off('request', begun);
    page.off('requestfinished', ended);
    page.off('requestfailed', ended);
  }
}
