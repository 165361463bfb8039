import type { Expert } from '@tfjs-moe/core';
import { expertTraits, readExpert } from '@tfjs-moe/measures';
import { type ExpertClass, expertClass, smooth } from './classify.ts';

/** What a theorem asks of an expert: its class, and what of it the papers write down. */
export interface ExpertCase {
  readonly class: ExpertClass;
  /** Whether there is a bias b, as in all experts of the papers. */
  readonly hasBias: boolean;
  /** $\varphi$ of an expert of one affine map. */
  readonly activation?: string | undefined;
  /** The activation of the hidden layer, of a network with one and output weights; all with biases. */
  readonly twoLayer?: string | undefined;
}

/** @param inputDim where it is known: the direction of a single input is its sign, and no expert of the papers */
export function expertCase(expert: Expert, inputDim?: number): ExpertCase {
  const { form } = expertTraits(expert);
  const reading = readExpert(expert);
  if (inputDim === 1 && reading?.isOfDirection) return { class: 'other', hasBias: false };
  const layers = reading?.layers;
  const isTwoLayer =
    layers !== undefined &&
    layers.hiddenUnits.length === 1 &&
    layers.outputActivation === 'identity' &&
    layers.useBias;
  return {
    class: expertClass(expert),
    hasBias: form?.bias !== undefined,
    activation: form?.activation,
    ...(isTwoLayer && { twoLayer: layers.activation }),
  };
}

/** Whether Definition 1 is said of it: $\sigma(a^\top x + b)$, or a network with one hidden layer of these activations. */
export function isStrong({ class: of, hasBias, twoLayer }: ExpertCase): boolean {
  if (of === 'smooth') return hasBias;
  return of === 'output scale' && twoLayer !== undefined && smooth.includes(twoLayer);
}

/** $a^\top x + b$, the expert of Theorems 2 and 6. */
export function isLine({ class: of, hasBias }: ExpertCase): boolean {
  return of === 'linear' && hasBias;
}
