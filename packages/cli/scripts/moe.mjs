/** `pnpm --silent moe`: builds what the tool needs, and runs it. */
import { launch } from '../../../scripts/launch.mjs';

await launch('moe', ['@tfjs-moe/cli...'], 'packages/cli/dist/main.js');
