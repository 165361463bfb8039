/**
 * Makes the layer able to run gates that mix tokens, such as `softMoe`: `import '@tfjs-moe/layers/soft'` beside
 * `@tfjs-moe/gates`. The gates of `tfjs-moe` bring it themselves.
 */

import { bring } from './brought.ts';
import { softDispatch } from './dispatch/soft.ts';

bring('soft', softDispatch);
