/**
 * Kernels for tfjs-backend-webgl. Importing this package registers them:
 *
 * ```ts
 * import '@tfjs-moe/webgl';
 * ```
 */
import { register } from './register.ts';

export { register, unregister } from './register.ts';

register();
