/** The Chromium that tests in a browser use, and whether they can be left out. */
import { existsSync } from 'node:fs';

export const chromium = process.env.CHROMIUM ?? '/usr/bin/chromium';

/** False if there is a Chromium, else why not. On CI a missing browser is a failure, not an excuse. */
export const noChromium =
  !process.env.CI && !existsSync(chromium) && `no Chromium at ${chromium}; set CHROMIUM to one`;
