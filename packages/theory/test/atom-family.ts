/** Derivatives of exp(router) times expert for a few atoms, the families that decisions are tested on. */
import { type Expert, prefixed, type Router, replicate, scoped } from '@tfjs-moe/core';
import { drawnData } from '@tfjs-moe/core/testing';
import {
  derivativeList,
  gridInput,
  gridOps,
  gridParams,
  jets,
  paramLabels,
  type Ring,
} from '@tfjs-moe/numerics';
import type { FunctionLabel, LabelledFamily } from '@tfjs-moe/theory';

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
  const data = Array.from({ length: atoms }, (_, atom) =>
    Object.fromEntries(
      Object.entries(drawnData(specs, seed + atom)).map(([name, values]) => [
        name,
        values.map((value) => Math.round(8 * value) / 8 || 0.375),
      ]),
    ),
  );
  const names = paramLabels(specs);
  const labels = data.flatMap((_, atom) => {
    const label = (text: string, order: number): FunctionLabel => ({
      text: `${text} F${atom}`,
      latex: text,
      order,
      atom,
    });
    return [
      label('', 0),
      ...names.map((name) => label(`d_${name}`, 1)),
      ...names.flatMap((a, i) => names.slice(0, i + 1).map((b) => label(`d_${b} d_${a}`, 2))),
    ];
  });
  return {
    inputDim,
    labels,
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
