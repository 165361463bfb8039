import type { CompetitiveForm, Gate, GateForm, HierarchicalForm, Router, SigmoidForm } from '@tfjs-moe/core';
import { fewestInputs, gateTraits, routerTraits, servable } from '@tfjs-moe/measures';

/** Two levels of plain softmaxes. */
export interface SoftmaxTree extends HierarchicalForm {
  readonly outer: CompetitiveForm;
  readonly inner: CompetitiveForm;
}

/**
 * The form of a gate, where its mixture can be written with exponentials: what the second-order criterion and a Jacobian
 * without divisions are made of. Nothing for other gates.
 *
 * Every softmax-like gate, also behind a temperature or a selection, gives atom e the weight
 * $s_e e^{z_e} / \sum_l t_l e^{z_l}$, with s and t the 0/1 masks of what is selected and of what is summed; a sigmoid has
 * $\sigma(z)$ in place of $e^z$, and is divided only where its weights are normalised.
 */
export function coveredForm(
  gate: Gate,
  experts: number,
): CompetitiveForm | SigmoidForm | SoftmaxTree | undefined {
  const { form } = gateTraits(gate, experts);
  if (form?.type !== 'hierarchical') return form;
  return isPlainSoftmax(form.outer) && isPlainSoftmax(form.inner) ? (form as SoftmaxTree) : undefined;
}

/** Whether a form is a softmax of scores and biases, and of nothing else. */
export function isPlainSoftmax(form: GateForm): form is CompetitiveForm {
  return form.type === 'competitive' && form.selection === undefined && form.temperature === undefined;
}

/** Whether a router is $\beta^\top x$: linear, without a bias of its own. */
export function isLinear(router: Router): boolean {
  const { form } = routerTraits(router);
  const { of, bias, activation = 'identity' } = form ?? {};
  return of === 'input' && bias === undefined && activation === 'identity';
}

/** Whether a gate has a temperature that an optimiser may change. */
export function isLearned(gate: Gate, { temperature }: CompetitiveForm): boolean {
  if (temperature === undefined) return false;
  const { specs } = fewestInputs((inputDim) => gate.params(inputDim, servable(gate)));
  return specs[temperature]?.trainable !== false;
}

/** The name that a parameter of a form's router has in its gate. */
export function routerName({ path }: { readonly path: string }, parameter: string): string {
  return path === '' ? parameter : `${path}/${parameter}`;
}
