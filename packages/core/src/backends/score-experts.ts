import { SCORE_EXPERTS } from '../kernels.ts';
import { type BackendKernel, defineBackendKernel } from './kernel.ts';

/** What is used of a tensor to look at it in another shape. */
interface Info {
  readonly dataId: object;
  readonly shape: number[];
  readonly dtype: string;
}

interface Inputs {
  readonly x: Info;
  readonly router: Info;
  readonly bias?: Info;
}

/**
 * The logits of a linear router by the grouped product of a backend, all tokens being one group and all experts the columns:
 * no program of its own has to be compiled.
 */
export function scoreExpertsBy<Backend, I>(product: BackendKernel<Backend, I>): BackendKernel<Backend, I> {
  const run = product.run as (call: object) => I | I[];
  return defineBackendKernel<Backend, I, Inputs, unknown>(
    SCORE_EXPERTS,
    ({ inputs: { x, router, bias }, backend }) => {
      const [experts, features] = router.shape as [number, number];
      const kernels = shaped(router, [1, experts, features]);
      const attrs = { offsets: [0, x.shape[0]!], transpose: true };
      return run({
        inputs: { x, kernels, ...(bias && { bias: shaped(bias, [1, experts]) }) },
        attrs,
        backend,
      });
    },
  );
}

const shaped = ({ dataId, dtype }: Info, shape: number[]): Info => ({ dataId, dtype, shape });
