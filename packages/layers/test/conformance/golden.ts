/**
 * Golden vectors: what published programs answer, computed in float64 from their formulas by a program of its own. Those of
 * gates lie with the gates.
 */
import ofGates from '../../../gates/test/golden/golden-gates.json' with { type: 'json' };
import ofLayers from './golden/golden-layers.json' with { type: 'json' };

/** By name: what goes in, what comes out, whose it is. */
// biome-ignore lint/suspicious/noExplicitAny: every entry has a shape of its own
export const golden: any = { ...ofGates, ...ofLayers };
