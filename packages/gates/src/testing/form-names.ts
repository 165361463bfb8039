import {
  type GateForm,
  type ParamSpecs,
  paramSize,
  type Runs,
  runCount,
  runSizes,
  type ScoredForm,
} from '@tfjs-moe/core';
import { assert, assertParameters } from '@tfjs-moe/core/testing';

interface Level {
  readonly specs: ParamSpecs;
  readonly inputDim: number;
  /** Experts, or groups, that each instance of the form weighs. */
  readonly sizes: readonly number[];
}

/** Throws unless the parameters that a form names are those of its router, of its experts and of all. */
export function assertFormNames(form: GateForm, level: Level, where: string): void {
  const { specs, inputDim, sizes } = level;
  const [experts, own] = [sizes.reduce((sum, size) => sum + size, 0), sizes.length];
  if (form.type === 'hierarchical') {
    const { groups } = form;
    const members = sizes.flatMap((size) => runSizes(`${where}.groups`, groups, size));
    assertFormNames(form.outer, { ...level, sizes: sizes.map(() => runCount(groups)) }, `${where}.outer`);
    assertFormNames(form.inner, { ...level, sizes: members }, `${where}.inner`);
    return;
  }
  const { router, path, bias, selection }: ScoredForm = form;
  const perExpert = (name: string | undefined, member: string) => {
    if (name === undefined) return;
    assertParameters([name], specs, `${where}.${member}`);
    const { copies, shape } = specs[name]!;
    const right = copies === experts && shape.length === 1 && shape[0] === 1;
    assert(
      right,
      `${where}.${member}: ${name} must be one number per expert, ${experts} copies of shape [1]; it has ${copies} of [${shape}]`,
    );
  };
  perExpert(bias, 'bias');
  perExpert(selection?.bias, 'selection.bias');
  if (form.type === 'competitive' && form.temperature !== undefined) {
    assertParameters([form.temperature], specs, `${where}.temperature`);
    const spec = specs[form.temperature]!;
    const right = paramSize(spec) === 1 && (spec.shared ? spec.copies === 1 : spec.copies === own);
    assert(right, `${where}.temperature: ${form.temperature} must be one number for all experts`);
  }
  for (const [name, spec] of Object.entries(router.params(inputDim))) {
    const full = path === '' ? name : `${path}/${name}`;
    assertParameters([full], specs, `${where}.path`);
    const { copies, shape } = specs[full]!;
    const wanted = spec.shared ? 1 : experts;
    assert(
      copies === wanted && String(shape) === String(spec.shape),
      `${where}.path: ${full} must be the router's ${name}, ${wanted} copies of [${spec.shape}]; it has ${copies} of [${shape}]`,
    );
  }
}

const groupsInWords = (groups: Runs) =>
  typeof groups === 'number' ? `${groups} groups` : `groups of ${groups.join(', ')}`;

/** A form as part of a sentence, for failures. */
export function formInWords(form: GateForm): string {
  if (form.type === 'hierarchical') {
    return `products of two levels, ${groupsInWords(form.groups)} with ${formInWords(form.outer)}, and inside each ${formInWords(form.inner)}`;
  }
  const { router, bias, selection } = form;
  const score = bias === undefined ? `the ${router.kind} router` : `the ${router.kind} router plus ${bias}`;
  const over =
    form.type === 'competitive' && form.temperature !== undefined ? ` over ${form.temperature}` : '';
  const law =
    form.type === 'competitive'
      ? `the softmax of ${score}${over}`
      : `${form.normalized ? 'normalised ' : ''}sigmoids of ${score}`;
  if (selection === undefined) return law;
  const { k, by, bias: added, renormalized, scale = 1 } = selection;
  const order = added === undefined ? by : `${by} plus ${added}`;
  return `${law}, of the ${k} first by ${order}${renormalized ? ', divided by their sum' : ''}${scale === 1 ? '' : `, times ${scale}`}`;
}
