import { expectActivation } from '../activation.ts';
import { expectNumber } from '../expect.ts';
import type { RouterTraits } from './router-traits.ts';
import { list, members, name, oneOf, pure, units } from './trait-checks.ts';

const routerTraits = members({
  form: members({ of: oneOf('input', 'features'), kernel: name, bias: name, activation: expectActivation }, [
    'of',
    'kernel',
  ]),
  homogeneous: list(members({ parameters: list(name), degree: expectNumber }, ['parameters', 'degree'])),
  shifts: list(members({ parameter: name, offset: pure }, ['parameter'])),
  coordinates: members({ of: pure, offset: pure }, ['of']),
  units,
});

/** Refuses traits of another shape, as `testRouter` does, which also finds out whether they are true. */
export function expectRouterTraits(who: string, traits: RouterTraits | undefined): void {
  if (traits !== undefined) routerTraits(who, 'traits', traits);
}
