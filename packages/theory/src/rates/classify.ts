import type { CompetitiveForm, Expert, Gate, GateForm, Router } from '@tfjs-moe/core';
import { expertTraits, fewestInputs, gateTraits, routerTraits } from '@tfjs-moe/measures';
import { isLearned, isLinear, isPlainSoftmax } from '../mixture/covered-form.ts';

/** Gates that theorems exist for. */
export type GateClass =
  | 'softmax'
  | 'dense-to-sparse, linear router'
  | 'dense-to-sparse, homogeneous router'
  | 'dense-to-sparse, general router'
  | 'hierarchical softmax'
  | 'sigmoid'
  | 'top-K'
  | 'other';

/**
 * `smooth`: $\sigma(a^\top x + b)$ without output weights, with or without b, also of the direction of x, with gelu, tanh or
 * sigmoid, the activations of the papers. `output scale`: any expert that ends linearly.
 */
export type ExpertClass =
  | 'smooth'
  | 'relu'
  | 'linear'
  | 'polynomial'
  | 'input-free'
  | 'output scale'
  | 'other';

/** The class of a gate by its form. */
export function gateClass(gate: Gate): GateClass {
  const { form } = gateTraits(gate);
  switch (form?.type) {
    case 'competitive':
      return competitiveClass(form, isLearned(gate, form));
    case 'sigmoid':
      return isLinear(form.router) &&
        !form.normalized &&
        form.selection === undefined &&
        form.bias !== undefined
        ? 'sigmoid'
        : 'other';
    case 'hierarchical':
      // The papers have groups of one size.
      if (typeof form.groups !== 'number') return 'other';
      return isLinearSoftmax(form.outer) && isLinearSoftmax(form.inner) ? 'hierarchical softmax' : 'other';
    case undefined:
      return 'other';
  }
}

function competitiveClass(form: CompetitiveForm, isLearned: boolean): GateClass {
  // All models of the papers have a bias, which holds the masses of the atoms.
  if (form.bias === undefined) return 'other';
  const isOfPapers = isLinear(form.router);
  if (form.selection !== undefined) return isOfPapers && isTheoryTopK(form) ? 'top-K' : 'other';
  // A temperature that is not estimated is a known factor of the scores.
  if (!isLearned) return isOfPapers ? 'softmax' : 'other';
  return isOfPapers ? 'dense-to-sparse, linear router' : temperedClass(form.router);
}

function temperedClass(router: Router): GateClass {
  const { form, homogeneous = [], units = [] } = routerTraits(router);
  // A hidden layer that is homogeneous trades its scale for that of the next one, whatever comes after.
  if (form === undefined || units.some(({ scales = [] }) => scales.length > 0)) return 'other';
  return homogeneous.some(({ degree }) => degree !== 0)
    ? 'dense-to-sparse, homogeneous router'
    : 'dense-to-sparse, general router';
}

/** $\varphi$ of scores $\varphi(\beta_1^\top x)$ of a gate with one router; nothing where they are written otherwise. */
export function scoreActivation(gate: Gate): string | undefined {
  const { form } = gateTraits(gate);
  if (form === undefined || form.type === 'hierarchical') return undefined;
  const { of, bias, activation } = routerTraits(form.router).form ?? {};
  return of === 'input' && bias === undefined ? activation : undefined;
}

/** Whether a gate is a tree of more than two levels. */
export function isDeepTree(gate: Gate): boolean {
  const { form } = gateTraits(gate);
  return (
    form?.type === 'hierarchical' && [form.outer, form.inner].some(({ type }) => type === 'hierarchical')
  );
}

function isLinearSoftmax(form: GateForm): boolean {
  return isPlainSoftmax(form) && isLinear(form.router) && form.bias !== undefined;
}

/** Softmax over the selected experts alone, selected by $\beta_1^\top x$ without the bias. */
function isTheoryTopK({ temperature, selection }: CompetitiveForm): boolean {
  const { by, renormalized, scale = 1 } = selection!;
  return temperature === undefined && by === 'scores' && renormalized && scale === 1;
}

/** The activations that the papers name. */
export const smooth: readonly string[] = ['gelu', 'tanh', 'sigmoid'];

/** The class of an expert by its form, or by what it is linear in. */
export function expertClass(expert: Expert): ExpertClass {
  const { form, linearIn = [] } = expertTraits(expert);
  if (form === undefined) return linearIn.length > 0 ? 'output scale' : 'other';
  const { of, bias, activation = 'identity', degree = 1 } = form;
  // A constant that nobody estimates, such as 0.
  if (
    of === 'nothing' &&
    (bias === undefined ||
      fewestInputs((inputDim) => expert.params(inputDim, 1)).specs[bias]?.trainable === false)
  )
    return 'other';
  if (of === 'nothing') return activation === 'identity' && degree === 1 ? 'input-free' : 'other';
  if (degree > 1) return of === 'input' && activation === 'identity' ? 'polynomial' : 'other';
  if (activation === 'identity') return of === 'input' ? 'linear' : 'other';
  if (activation === 'relu') return 'relu';
  return smooth.includes(activation) ? 'smooth' : 'other';
}
