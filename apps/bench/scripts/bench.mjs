/** `pnpm --silent bench`: builds what the benchmark needs and the tool that it measures, and runs it. */
import { launch } from '../../../scripts/launch.mjs';

await launch('bench', ['bench...', '@tfjs-moe/cli...'], 'apps/bench/dist/main.js');
