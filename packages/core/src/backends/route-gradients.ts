import {
  GROUPED_MAT_MUL,
  GROUPED_MAT_MUL_KERNEL_GRADIENT,
  SCORE_EXPERTS,
  SELECT_EXPERTS,
  SELECT_EXPERTS_GRADIENT,
  SUM_GROUPS,
} from '../kernels.ts';
import { type DeviceTensor, runOne, type TensorEngine } from './tensors.ts';

/** What tfjs holds of the gradient of a kernel. */
export interface KernelGradient {
  readonly kernelName: string;
  readonly inputsToSave: string[];
  readonly outputsToSave: boolean[];
  gradFunc(
    dy: DeviceTensor | DeviceTensor[],
    saved: DeviceTensor[],
    attributes: object,
  ): Record<string, () => DeviceTensor>;
}

/** The gradients of the kernels that route: of the scores by the products of one group, of the selection by its own kernel. */
export const routeGradients = (engine: () => TensorEngine): readonly KernelGradient[] => [
  {
    kernelName: SCORE_EXPERTS,
    inputsToSave: ['x', 'router'],
    outputsToSave: [],
    gradFunc(dy, [x, router]) {
      const dlogits = dy as DeviceTensor;
      const [tokens, experts] = dlogits.shape as [number, number];
      const [, features] = x!.shape as [number, number];
      const run = (name: string, inputs: Record<string, DeviceTensor>, attributes: object, shape: number[]) =>
        shaped(runOne(engine(), name, inputs, { offsets: [0, tokens], ...attributes }), shape);
      const shaped = (value: DeviceTensor, shape: number[]) =>
        runOne(engine(), 'Reshape', { x: value }, { shape });
      return {
        x: () => {
          const kernels = shaped(router!, [1, experts, features]);
          return run(GROUPED_MAT_MUL, { x: dlogits, kernels }, { transpose: false }, [tokens, features]);
        },
        router: () => run(GROUPED_MAT_MUL_KERNEL_GRADIENT, { x: dlogits, dy: x! }, {}, [experts, features]),
        bias: () => run(SUM_GROUPS, { x: dlogits }, {}, [experts, 1]),
      };
    },
  },
  {
    kernelName: SELECT_EXPERTS,
    inputsToSave: ['logits'],
    outputsToSave: [true, false],
    gradFunc(dy, [logits, selected], attributes) {
      const [, dweights] = dy as DeviceTensor[];
      const inputs = { logits: logits!, selected: selected!, dy: dweights! };
      return { logits: () => runOne(engine(), SELECT_EXPERTS_GRADIENT, inputs, attributes) };
    },
  },
];
