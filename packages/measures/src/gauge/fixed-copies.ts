import type { Gate, GateForm, ParameterCopy } from '@tfjs-moe/core';
import { gateTraits, routerTraits } from '../reading/traits-of.ts';
import { foundShifts } from './found-shifts.ts';

/**
 * The copies of a gate's parameters that its gauge fixes, because a change of all others makes up for them: by its form, as
 * it declares, or as they are found. Of a gate whose form is unknown and that declares no gauge there may be more.
 *
 * A softmax does not see what all its logits have in common: of its bias the last copy is fixed, and of every parameter
 * that all experts' scores may be shifted in. Where such a shift leaves an offset, as the centres of a Euclidean router do,
 * a bias must be there to make up for it, and a selection by the scores alone would see it. A hierarchical softmax has one
 * such softmax per level and group. A sigmoid has none.
 *
 * An invariance of a single expert is no gauge: that the length of a cosine router's kernel does not matter is reported as
 * a relation, because other options of the router mend it.
 */
export function fixedCopies(gate: Gate, inputDim: number, experts: number): ParameterCopy[] {
  const { form, gauge } = gateTraits(gate, experts);
  if (form !== undefined) return ofForm(form, experts);
  return gauge?.(inputDim, experts).flatMap(({ fixed }) => fixed) ?? foundShifts(gate, experts);
}

function ofForm(form: GateForm, experts: number): ParameterCopy[] {
  if (form.type === 'sigmoid') return [];
  if (form.type === 'hierarchical') {
    const members = experts / form.groups;
    const inner = ofForm(form.inner, members);
    return [
      ...ofForm(form.outer, form.groups),
      ...Array.from({ length: form.groups }, (_, g) =>
        inner.map(({ name, copy }) => ({ name, copy: g * members + copy })),
      ).flat(),
    ];
  }
  const { router, path, bias, selection } = form;
  const { shifts = [] } = routerTraits(router);
  const takesOffsets = bias !== undefined && selection?.by !== 'scores';
  const shifted = shifts.filter(({ offset }) => offset === undefined || takesOffsets);
  const names = shifted.map(({ parameter }) => (path === '' ? parameter : `${path}/${parameter}`));
  return [...(bias === undefined ? [] : [bias]), ...names].map((name) => ({ name, copy: experts - 1 }));
}
