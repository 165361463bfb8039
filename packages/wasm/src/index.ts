/**
 * SIMD kernels for tfjs-backend-wasm. Importing this package registers them:
 *
 * ```ts
 * import '@tfjs-moe/wasm';
 * ```
 */
// biome-ignore-all assist/source/organizeImports: a contents page, in the order of reading
import { register } from './register.ts';

// The kernels take part, or no longer.
export { type RegisterOptions, register, unregister } from './register.ts';

// They share the memory of a backend that runs already.
export { attach, attachAsync, type Attachment } from './attach.ts';
export type { Kernels } from './engine.ts';

// Threads, where the page allows them.
export { type Threads, threadsReady } from './threads/threads.ts';

register();
