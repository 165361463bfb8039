/**
 * Kernels for tfjs-backend-webgpu. Importing this package registers them:
 *
 * ```ts
 * import '@tfjs-moe/webgpu';
 * ```
 */
import { register } from './register.ts';

export { register, unregister } from './register.ts';

register();
