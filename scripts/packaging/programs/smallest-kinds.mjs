/** What is left in a bundle registers itself. */
import { knownKinds } from 'tfjs-moe';
import * as used from './smallest.mjs';

const roles = ['router', 'gate', 'expert', 'balanceLoss'];
console.log(JSON.stringify({ used: Object.keys(used), kinds: roles.flatMap(knownKinds) }));
