import type { GateForm } from '@tfjs-moe/core';

/** Which atoms a gate lets change places, as the end of a sentence. Only groups of the same shape do so as a whole. */
export function whereAtomsChangePlaces(form: GateForm | undefined): string {
  if (form?.type !== 'hierarchical') return '';
  return hasGroupsOfSizes(form)
    ? ', within their groups, and with them where groups have the same shape'
    : ', within their groups and with them';
}

function hasGroupsOfSizes(form: GateForm): boolean {
  return (
    form.type === 'hierarchical' &&
    (typeof form.groups !== 'number' || hasGroupsOfSizes(form.outer) || hasGroupsOfSizes(form.inner))
  );
}
