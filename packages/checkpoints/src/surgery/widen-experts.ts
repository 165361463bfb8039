import type * as tf from '@tensorflow/tfjs-core';
import { expectInteger, MoeError, stream } from '@tfjs-moe/core';
import type { MixtureOfExperts } from '@tfjs-moe/layers';
import { unitAxes, withUnits } from './hidden-units.ts';
import { type Operated, partsOf, rebuilt, receiptOf, rowsOf } from './operated.ts';

/**
 * A layer whose experts have more hidden units and compute the same: new units are copies of old ones drawn at random, and
 * what leads on from a unit is divided among its copies.
 *
 * Source: Chen, Goodfellow and Shlens, "Net2Net: Accelerating Learning via Knowledge Transfer" (2016), section 2.2.
 *
 * @param hiddenUnits at least as many as there are
 * @param x tokens [..., D] that the receipt compares both layers on
 * @throws MoeError for experts without one layer of hidden units
 */
export async function widenExperts(
  layer: MixtureOfExperts,
  hiddenUnits: number,
  x: tf.Tensor,
  seed = 0,
): Promise<Operated> {
  const who = 'widenExperts';
  const parts = await partsOf(who, layer);
  const hidden = (parts.expert.traits?.units ?? []).filter(({ outgoing }) => outgoing.length > 0);
  const config = parts.config.expert as Readonly<Record<string, unknown>>;
  // Written as a list by experts that may have several layers.
  const [before, ...deeper] = [config.hiddenUnits].flat();
  if (hidden.length !== 1 || typeof before !== 'number' || deeper.length > 0)
    throw new MoeError(who, 'experts must have one layer of hidden units', parts.expert.kind);
  expectInteger(who, 'hiddenUnits', hiddenUnits, { min: before });
  const { incoming, outgoing } = unitAxes(hidden[0]!, parts.expert.params(parts.features, parts.units));
  const numbers = new Map(parts.numbers);
  for (let e = 0; e < parts.experts; e++) {
    const random = stream(seed, 'widen', e);
    const old = Array.from({ length: before }, (_, unit) => unit);
    const more = Array.from({ length: hiddenUnits - before }, () => Math.floor(random.uniform() * before));
    const taken = [...old, ...more];
    const count = (unit: number) => taken.filter((each) => each === unit).length;
    for (const axis of [...incoming, ...outgoing]) {
      const name = `expert/${axis.name}`;
      const isOutgoing = outgoing.includes(axis);
      const own = rowsOf(parts.numbers.get(name)!, parts.experts, [e]);
      const wide = withUnits(own, axis, taken, (place) => (isOutgoing ? 1 / count(taken[place]!) : 1));
      if (e === 0) numbers.set(name, new Float32Array(wide.length * parts.experts));
      numbers.get(name)!.set(wide, e * wide.length);
    }
  }
  const now = rebuilt(
    parts,
    { expert: { ...config, hiddenUnits: Array.isArray(config.hiddenUnits) ? [hiddenUnits] : hiddenUnits } },
    numbers,
  );
  return { layer: now, receipt: await receiptOf(layer, now, x) };
}
