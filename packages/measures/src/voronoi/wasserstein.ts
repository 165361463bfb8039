import { expectKnownOptions, expectNumber, MoeError, paramSize } from '@tfjs-moe/core';
import { expectMeasure, type MixingMeasure, measureSpecs } from '../measure/mixing-measure.ts';
import { gateTraits } from '../reading/traits-of.ts';
import { variances } from './atoms.ts';
import { transport } from './transport.ts';

/** Options of `wassersteinDistance`: the orders of the parts of an atom. */
export interface WassersteinOptions {
  /** The order $\kappa$ of every part that `orders` does not name, at least 1. Default 2. */
  readonly order?: number;
  /** Orders by part: `gate/router/kernel`, `expert/bias`, `variance`. Default none. */
  readonly orders?: Readonly<Record<string, number>>;
}

/** What `wassersteinDistance` returns: the distance, and how masses are moved. */
export interface WassersteinDistance {
  /** $\widetilde W_\kappa$, not negative. */
  readonly value: number;
  /** By atom of the one and atom of the other, with sum 1. */
  readonly coupling: readonly (readonly number[])[];
}

const who = 'wassersteinDistance';

/**
 * The generalised Wasserstein distance of two mixing measures, with an order for every part of an atom:
 *
 * $\widetilde W_\kappa(G, G') = \Bigl(\inf_q \sum_{ij} q_{ij} \sum_u |\theta_{iu} - \theta'_{ju}|^{\kappa_u}\Bigr)^{1/\max\kappa}$
 *
 * over couplings q of the masses $e^{\beta_0}$, each measure's divided by their sum. With one order r it is the
 * Wasserstein distance $W_r$ of the r-norm. Beside a Voronoi loss it says less: it charges every atom of a cell with the largest
 * order, and what tells cells with one atom from those with more is lost. It is a distance, which no Voronoi loss is.
 *
 * Numbers are compared as they are; for the gauge of a softmax take `voronoiLoss(measure, truth).aligned`. For gates with one
 * softmax and a bias.
 *
 * Source: Ho and Nguyen, "Singularity structures and impacts on parameter estimation in finite mixtures of distributions"
 * (2019), for the orders.
 */
export function wassersteinDistance(
  measure: MixingMeasure,
  other: MixingMeasure,
  options: WassersteinOptions = {},
): WassersteinDistance {
  expectKnownOptions(who, options, ['order', 'orders']);
  expectMeasure(who, 'measure', measure);
  expectMeasure(who, 'other', other);
  const order = expectNumber(who, 'order', options.order ?? 2, { min: 1 });
  const [ours, theirs] = [partsOf(measure), partsOf(other)];
  const shapeOf = (parts: readonly Part[]) =>
    parts.map(({ name, numbers }) => `${name} [${numbers[0]!.length}]`).join(', ');
  if (shapeOf(ours) !== shapeOf(theirs))
    throw new MoeError(who, `both measures must have the parts ${shapeOf(ours)}`, shapeOf(theirs));
  const given = options.orders ?? {};
  const stray = Object.keys(given).find((name) => ours.every((part) => part.name !== name));
  if (stray !== undefined)
    throw new MoeError(who, `orders must be of ${ours.map(({ name }) => name).join(', ')}`, stray);
  const orders = ours.map(({ name }) =>
    expectNumber(who, `orders["${name}"]`, given[name] ?? order, { min: 1 }),
  );
  const costs = Array.from({ length: measure.experts }, (_, i) =>
    Array.from({ length: other.experts }, (__, j) => {
      let cost = 0;
      ours.forEach(({ numbers }, part) => {
        numbers[i]!.forEach((value, u) => {
          cost += Math.abs(value - theirs[part]!.numbers[j]![u]!) ** orders[part]!;
        });
      });
      return cost;
    }),
  );
  const { cost, coupling } = transport(massesOf(measure), massesOf(other), costs);
  return { value: Math.max(0, cost) ** (1 / Math.max(...orders)), coupling };
}

/** A named part of every atom. */
interface Part {
  readonly name: string;
  /** One list per atom. */
  readonly numbers: readonly (readonly number[])[];
}

function partsOf(of: MixingMeasure): Part[] {
  const specs = measureSpecs(of);
  const bias = softmaxOf(of).bias;
  const part = (side: 'gate' | 'expert') =>
    Object.entries(specs[side])
      .filter(([name, { trainable }]) => trainable !== false && !(side === 'gate' && name === bias))
      .map(([name, spec]): Part => {
        const all = (side === 'gate' ? of.gateParams : of.expertParams)[name]!;
        const size = paramSize(spec);
        const isOwn = spec.copies === of.experts && spec.shared !== true;
        return {
          name: `${side}/${name}`,
          numbers: Array.from({ length: of.experts }, (_, e) =>
            isOwn ? all.slice(e * size, (e + 1) * size) : all.slice(0, size),
          ),
        };
      });
  const spread = variances(of);
  return [...part('gate'), ...part('expert'), ...(spread ? [{ name: 'variance', numbers: spread }] : [])];
}

/** $e^{\beta_0}$, or $e^{\beta_0 / \tau}$, as parts of their sum. */
function massesOf(of: MixingMeasure): number[] {
  const { bias, temperature } = softmaxOf(of);
  const tau = temperature === undefined ? 1 : of.gateParams[temperature]![0]!;
  const logs = of.gateParams[bias!]!.map((value) => value / tau);
  const largest = Math.max(...logs);
  const masses = logs.map((value) => Math.exp(value - largest));
  const total = masses.reduce((sum, mass) => sum + mass, 0);
  return masses.map((mass) => mass / total);
}

function softmaxOf({ gate, experts }: MixingMeasure) {
  const { form } = gateTraits(gate, experts);
  if (form?.type === 'competitive' && form.bias !== undefined) return form;
  throw new MoeError(who, 'the gate must be one softmax with a bias, which holds the masses', gate.kind);
}
