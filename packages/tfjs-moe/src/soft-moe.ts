import { softMoe as gate } from '@tfjs-moe/gates';
// What runs it in a layer, which comes with it and with nothing else.
import '@tfjs-moe/layers/soft';

// A constant and no re-export, which bundlers would follow without looking at this module.
/** Soft mixture of experts, ready for a layer: see `softMoe` of `@tfjs-moe/gates`. */
export const softMoe: typeof gate = gate;
