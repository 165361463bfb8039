import {
  type CompetitiveForm,
  type Gate,
  type GateForm,
  type HierarchicalForm,
  MoeError,
  type Router,
  type SigmoidForm,
} from '@tfjs-moe/core';
import { fewestInputs, gateTraits, levelsOf, routerTraits, servable } from '@tfjs-moe/measures';

/** A tree of two levels or more, each a plain softmax. */
export type SoftmaxTree = HierarchicalForm;

/** One level of a tree of softmaxes. */
export interface TreeLevel {
  readonly form: CompetitiveForm;
  /** How many nodes each of its softmaxes weighs, of which there is one for every node of the level above. */
  readonly sizes: readonly number[];
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
  return levelsOf(form, experts).every((level) => isPlainSoftmax(level.form)) ? form : undefined;
}

/** The levels of a tree of so many experts, the groups first and the experts last. */
export function treeLevels(form: SoftmaxTree, experts: number): readonly TreeLevel[] {
  return levelsOf(form, experts) as readonly TreeLevel[];
}

/** The softmaxes that weigh the experts. */
export function lastLevel(form: SoftmaxTree, experts: number): TreeLevel {
  return treeLevels(form, experts).at(-1)!;
}

/** How many nodes the softmaxes of a level weigh. */
export function nodesOf({ sizes }: TreeLevel): number {
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** A node of a level, and which nodes its softmax weighs. */
export interface TreeNode {
  readonly level: TreeLevel;
  readonly node: number;
  readonly first: number;
  readonly count: number;
}

/** The nodes on the way to a group of the last level, the outermost first. */
export function pathTo(levels: readonly TreeLevel[], group: number): TreeNode[] {
  let node = group;
  return levels
    .slice(0, -1)
    .reverse()
    .map((level) => {
      const own = { level, node, ...softmaxOf(level, node) };
      node = own.softmax;
      return own;
    })
    .reverse();
}

/** The softmax of a level that weighs a node, and which nodes it weighs. */
export function softmaxOf(
  { sizes }: TreeLevel,
  node: number,
): { readonly softmax: number; readonly first: number; readonly count: number } {
  let first = 0;
  for (const [softmax, count] of sizes.entries()) {
    if (node < first + count) return { softmax, first, count };
    first += count;
  }
  throw new MoeError('softmaxOf', 'the level has no such node', node);
}

/** Whether a form is a softmax of scores and biases, and of nothing else. */
export function isPlainSoftmax(form: GateForm): form is CompetitiveForm {
  return form.type === 'competitive' && form.selection === undefined && form.temperature === undefined;
}

/** Whether a form selects fewer experts than there are. */
export function selectsSome({ selection }: CompetitiveForm | SigmoidForm, experts: number): boolean {
  return selection !== undefined && selection.k < experts;
}

/** Whether weights are divided by a sum, of all or of those that are selected. */
export function isDivided(form: CompetitiveForm | SigmoidForm): boolean {
  return form.type === 'competitive' || form.normalized || form.selection?.renormalized === true;
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
