import type { HeldParameter, HeldParameters, ShortWayLayer } from '../short-way.ts';
import type { SelectionForm } from '../traits/gate-form.ts';

/** A selection of experts by a linear router: what the kernel that routes is told, and the parameters that it reads. */
export interface LinearSelection<V> {
  readonly perToken: number;
  readonly isSigmoid: boolean;
  /** What experts are ordered by. */
  readonly by: SelectionForm['by'];
  readonly divides: boolean;
  readonly scale: number;
  readonly router: HeldParameter<V>;
  readonly bias: HeldParameter<V> | undefined;
  readonly selectionBias: HeldParameter<V> | undefined;
  readonly temperature: HeldParameter<V> | undefined;
}

/**
 * The selection of a gate that says of itself that it is one: by its form, whoever made it. Undefined for other gates, and
 * where a parameter is not held as the form has it, such as one that is kept inside a box.
 */
export function linearSelection<V>(
  { gate, experts }: Pick<ShortWayLayer<V>, 'gate' | 'experts'>,
  held: HeldParameters<V>,
): LinearSelection<V> | undefined {
  const form = gate.traits?.form;
  if (form === undefined || form.type === 'hierarchical' || form.selection === undefined) return undefined;
  const { router, path, selection } = form;
  const ends = router.traits?.form;
  const isLinear = ends?.of === 'input' && !ends.bias && (ends.activation ?? 'identity') === 'identity';
  // One expert alone is composed of other kernels, which make 0 of a NaN behind ReLU.
  if (gate.inputs !== undefined || !isLinear || selection.k > experts || experts === 1) return undefined;
  const parameters = {
    router: own(`${path === '' ? '' : `${path}/`}${ends.kernel}`),
    bias: own(form.bias),
    selectionBias: own(selection.bias),
    temperature: form.type === 'competitive' && form.temperature ? held[form.temperature] : undefined,
  };
  const names = [form.bias, selection.bias, form.type === 'competitive' ? form.temperature : undefined];
  const found = [parameters.bias, parameters.selectionBias, parameters.temperature];
  if (parameters.router === undefined || names.some((name, i) => name && !found[i])) return undefined;
  return {
    perToken: selection.k,
    isSigmoid: form.type === 'sigmoid',
    by: selection.by,
    divides: selection.renormalized,
    scale: selection.scale ?? 1,
    ...parameters,
    router: parameters.router,
  };

  /** A parameter with a copy for every expert, read as it is. */
  function own(name: string | undefined): HeldParameter<V> | undefined {
    const parameter = name === undefined ? undefined : held[name];
    const { copies, constraint } = parameter?.spec ?? {};
    return copies === experts && constraint === undefined ? parameter : undefined;
  }
}
