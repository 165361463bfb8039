import { expertTraits, gateTraits, type MixingMeasure, routerTraits } from '@tfjs-moe/measures';
import { routerName } from '../mixture/covered-form.ts';

/** What the constructions of the proofs move in a gate, by the names that its parameters have. */
export interface GateNames {
  /** $\beta_0$ */
  readonly bias: string;
  /** $\beta_1$ */
  readonly kernel: string;
  /** $\tau$ */
  readonly temperature: string;
  /** All that the scores are homogeneous in. */
  readonly scores: readonly string[];
}

/** The names of a gate's parameters by its form; those of the gates of this library where its form is unknown. */
export function gateNames({ gate, experts }: MixingMeasure): GateNames {
  const { form } = gateTraits(gate, experts);
  if (form === undefined || form.type === 'hierarchical') {
    const [bias, kernel] = ['bias', 'router/kernel'];
    return { bias, kernel, temperature: 'temperature', scores: [kernel, bias] };
  }
  const { form: ending, homogeneous = [] } = routerTraits(form.router);
  const scaled = homogeneous.find(({ degree }) => degree === 1)?.parameters ?? ['kernel'];
  return {
    bias: form.bias ?? 'bias',
    kernel: routerName(form, ending?.kernel ?? 'kernel'),
    temperature: (form.type === 'competitive' ? form.temperature : undefined) ?? 'temperature',
    scores: [
      ...scaled.map((name) => routerName(form, name)),
      ...(form.bias === undefined ? [] : [form.bias]),
    ],
  };
}

/** The name of what is added at the end of an expert of one affine map, or of none: b, or the constant. */
export function expertBias({ expert }: MixingMeasure): string {
  return expertTraits(expert).form?.bias ?? 'bias';
}
