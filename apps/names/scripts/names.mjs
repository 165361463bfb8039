/** `pnpm names`: builds what the program needs, and runs it. */
import { launch } from '../../../scripts/launch.mjs';

await launch('names', ['names...'], 'apps/names/dist/main.js');
