import { expectActivation } from '../activation.ts';
import { expectNumber } from '../expect.ts';
import type { ExpertForm, ExpertTraits } from './expert-traits.ts';
import { list, members, name, oneOf, positive, ruled, units } from './trait-checks.ts';

const expertTraits = members({
  form: ruled<ExpertForm>(
    members(
      {
        of: oneOf('input', 'direction', 'nothing'),
        epsilon: (who, where, value) => expectNumber(who, where, value, { min: 0 }),
        kernel: name,
        bias: name,
        activation: expectActivation,
        degree: positive,
      },
      ['of'],
    ),
    " needs a kernel, or a bias alone and of: 'nothing'",
    ({ of, kernel, bias }) =>
      of === 'nothing' ? kernel === undefined && bias !== undefined : kernel !== undefined,
  ),
  linearIn: list(name),
  units,
});

/** Refuses traits of another shape, as `testExpert` does, which also finds out whether they are true. */
export function expectExpertTraits(who: string, traits: ExpertTraits | undefined): void {
  if (traits !== undefined) expertTraits(who, 'traits', traits);
}
