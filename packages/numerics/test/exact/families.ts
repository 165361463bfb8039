/** Families of derivatives of exp(router) times expert, the functions that identifiability is about. */
import { type Expert, prefixed, type Router, replicate, scoped } from '@tfjs-moe/core';
import { drawnData } from '@tfjs-moe/core/testing';
import { gridInput, gridOps, gridParams, jets, paramLabels, type Ring } from '@tfjs-moe/numerics';
import { derivativeLabels, derivativeList, type FunctionFamily } from '@tfjs-moe/numerics/exact';

export interface LabelledFamily extends FunctionFamily {
  readonly labels: readonly string[];
}

/** $F = e^{\pi(x, \beta)} h(x, \eta)$ for `atoms` parameters, with all first and second derivatives of each. */
export function atomFamily(
  router: Router,
  expert: Expert,
  inputDim: number,
  atoms = 1,
  seed = 4,
): LabelledFamily {
  const specs = {
    ...prefixed('gate', replicate(router.params(inputDim), 1)),
    ...prefixed('expert', replicate(expert.params(inputDim, 1), 1)),
  };
  // Dyadic numbers with few bits keep exact arithmetic short.
  const data = Array.from({ length: atoms }, (_, atom) =>
    Object.fromEntries(
      Object.entries(drawnData(specs, seed + atom)).map(([name, values]) => [
        name,
        values.map((value) => Math.round(8 * value) / 8 || 0.375),
      ]),
    ),
  );
  const names = paramLabels(specs);
  return {
    inputDim,
    labels: data.flatMap((_, atom) => derivativeLabels(atoms === 1 ? 'F' : `F${atom}`, names)),
    evaluate<S>(ring: Ring<S>, x: readonly S[]): S[] {
      const ops = gridOps(jets(ring));
      return data.flatMap((numbers) => {
        const p = gridParams(ring, specs, numbers);
        const input = gridInput(x);
        const weight = ops.exp(router.logit(ops, input, scoped('gate', p)));
        const [jet] = ops.mul(weight, expert.apply(ops, input, scoped('expert', p))).entries;
        return jet ? derivativeList(ring, jet, 0, names.length) : [];
      });
    },
  };
}
