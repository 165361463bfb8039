import { type AnyParams, type GateForm, type GateOps, type Named, scoped, withinRuns } from '@tfjs-moe/core';

/**
 * Whether `logWeightsOfForm` knows a form: what is divided over a selection inside a level, and not over all experts, it
 * does not.
 */
export function isKnownForm(form: GateForm): boolean {
  const isWhole = (level: GateForm): boolean =>
    level.type === 'hierarchical'
      ? isWhole(level.outer) && isWhole(level.inner)
      : level.selection === undefined || !level.selection.renormalized;
  return form.type !== 'hierarchical' || isWhole(form);
}

/** The logarithms of the weights of a gate with a form, up to one number per row, as if it selected every expert. */
export function logWeightsOfForm<V>(form: GateForm, ops: GateOps<V>, x: V, p: Named<AnyParams, V>): V {
  if (form.type === 'hierarchical') {
    const inside = withinRuns(ops, form.groups);
    const inner = whole(form.inner, inside, x, p);
    return ops.add(inside.spread(whole(form.outer, ops, x, p), inner), inner);
  }
  const score = form.router.logit(ops, x, form.path === '' ? p : scoped(form.path, p));
  const biased = form.bias === undefined ? score : ops.add(score, p[form.bias]!);
  if (form.type === 'sigmoid') {
    const zero = ops.constant(0);
    return ops.sub(zero, ops.activation('softplus', ops.sub(zero, biased)));
  }
  return form.temperature === undefined ? biased : ops.div(biased, p[form.temperature]!);
}

/** The logarithms of the weights of one level, with the number that all its experts share. */
function whole<V>(form: GateForm, ops: GateOps<V>, x: V, p: Named<AnyParams, V>): V {
  const logs = logWeightsOfForm(form, ops, x, p);
  const isDivided = form.type === 'competitive' || (form.type === 'sigmoid' && form.normalized);
  return isDivided ? ops.sub(logs, ops.logSumExp(logs)) : logs;
}
