/** `pnpm digits`: builds what the program needs, and runs it. */
import { launch } from '../../../scripts/launch.mjs';

await launch('digits', ['digits...'], 'apps/digits/dist/main.js');
