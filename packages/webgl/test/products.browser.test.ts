import '../src/index.ts';
import { testProducts } from '../../webgpu/test/products.ts';
import { onWebGl } from './device.ts';

onWebGl();
// Of the quick form, for every size is compiled for; `pnpm --filter @tfjs-moe/webgl products` has 400.
const { VITE_GROUPS: seeds = 6 } = (import.meta as { env?: { VITE_GROUPS?: number } }).env ?? {};
testProducts(Number(seeds));
