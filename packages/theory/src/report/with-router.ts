import type { Gate, Router } from '@tfjs-moe/core';
import { gateTraits } from '@tfjs-moe/measures';
import { isLearned } from '../mixture/covered-form.ts';
import { formWith, gateOfForm, gateWith, routersOf } from './built-ins.ts';

/**
 * A gate with another router, on all levels of a hierarchical one: by its own option `router`, where it has one, else the
 * gate of this library with the same form; nothing where it takes no router and its form is unknown.
 */
export function withRouter(gate: Gate, router: Router, experts?: number): Gate | undefined {
  const { form } = gateTraits(gate, experts);
  const isWanted = (changed: Gate) => {
    const found = gateTraits(changed, experts).form;
    const routers = found === undefined ? [changed.router] : routersOf(found);
    return routers.every((own) => JSON.stringify(own?.config) === JSON.stringify(router.config));
  };
  const changed = gateWith(gate, { router: router.config }, isWanted);
  if (changed !== undefined) return changed;
  if (form !== undefined) {
    const learned = form.type !== 'competitive' || form.temperature === undefined || isLearned(gate, form);
    return gateOfForm(formWith(form, router), learned);
  }
  return undefined;
}
