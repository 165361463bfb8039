/**
 * SIMD kernels for tfjs-backend-wasm. Importing this package registers them:
 *
 * ```ts
 * import '@tfjs-moe/wasm';
 * ```
 */
import { register } from './register.ts';

export { type Attachment, attach, attachAsync } from './attach.ts';
export type { Kernels } from './engine.ts';
export { type RegisterOptions, register, unregister } from './register.ts';
export { type Threads, threadsReady } from './threads/threads.ts';

register();
