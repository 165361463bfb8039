import { type GateForm, type ParamSpecs, paramSize, type ScoredForm } from '@tfjs-moe/core';
import { assert, assertParameters } from '@tfjs-moe/core/testing';

interface Level {
  readonly specs: ParamSpecs;
  readonly inputDim: number;
  /** Experts, or groups, that one instance of the form weighs. */
  readonly experts: number;
  /** How many instances there are. */
  readonly own: number;
}

/** Throws unless the parameters that a form names are those of its router, of its experts and of all. */
export function assertFormNames(form: GateForm, level: Level, where: string): void {
  const { specs, inputDim, experts, own } = level;
  if (form.type === 'hierarchical') {
    const members = experts / form.groups;
    assert(Number.isInteger(members), `${where}.groups must divide the number of experts (${experts})`);
    assertFormNames(form.outer, { ...level, experts: form.groups }, `${where}.outer`);
    assertFormNames(form.inner, { ...level, experts: members, own: own * form.groups }, `${where}.inner`);
    return;
  }
  const { router, path, bias, selection }: ScoredForm = form;
  const perExpert = (name: string | undefined, member: string) => {
    if (name === undefined) return;
    assertParameters([name], specs, `${where}.${member}`);
    const { copies, shape } = specs[name]!;
    const right = copies === experts * own && shape.length === 1 && shape[0] === 1;
    assert(
      right,
      `${where}.${member}: ${name} must be one number per expert, ${experts * own} copies of shape [1]; it has ${copies} of [${shape}]`,
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
    const wanted = spec.shared ? 1 : experts * own;
    assert(
      copies === wanted && String(shape) === String(spec.shape),
      `${where}.path: ${full} must be the router's ${name}, ${wanted} copies of [${spec.shape}]; it has ${copies} of [${shape}]`,
    );
  }
}

/** A form as part of a sentence, for failures. */
export function formInWords(form: GateForm): string {
  if (form.type === 'hierarchical') {
    return `products of two levels, ${form.groups} groups with ${formInWords(form.outer)}, and inside each ${formInWords(form.inner)}`;
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
