/** The same from CommonJS. */
import moe = require('tfjs-moe');

export const gate: moe.Gate = moe.topK({ k: 2 });
export const layer: moe.MixtureOfExperts = moe.mixtureOfExperts({ experts: 4, gate, expert: 'linear' });
// @ts-expect-error k is a number
moe.topK({ k: '2' });
