/** `pnpm --silent moe`: builds what the tool needs, and runs it. */
import { launch } from '../../../scripts/launch.mjs';

await launch('moe', ['lab...'], 'apps/lab/dist/main.js');
