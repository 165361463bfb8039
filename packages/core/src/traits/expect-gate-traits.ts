import { MoeError } from '../errors.ts';
import { expectBoolean, expectOneOf, expectPositive } from '../expect.ts';
import type { GateForm, SelectionForm, SigmoidForm } from './gate-form.ts';
import type { GateTraits } from './gate-traits.ts';
import { type Check, list, members, name, oneOf, positive, pure, ruled } from './trait-checks.ts';

const path: Check = (who, where, value) => {
  if (typeof value === 'string') return;
  throw new MoeError(who, `${where} must be the path of the router's parameters`, value);
};
const router: Check = (who, where, value) => {
  if ((value as { role?: unknown } | null)?.role === 'router') return;
  throw new MoeError(who, `${where} must be a router`, value);
};

const selection = ruled<SelectionForm>(
  members(
    {
      k: positive,
      by: oneOf('logits', 'scores', 'weights'),
      bias: name,
      renormalized: expectBoolean,
      scale: expectPositive,
    },
    ['k', 'by', 'renormalized'],
  ),
  ".bias is added to weights: by must be 'weights'",
  ({ by, bias }) => bias === undefined || by === 'weights',
);
const sizes = ruled<readonly number[]>(
  list(positive),
  ' must be a number where all groups have the same size',
  (of) => of.some((size) => size !== of[0]),
);
const groups: Check = (who, where, value) => (Array.isArray(value) ? sizes : positive)(who, where, value);
const scored = { type: () => undefined, router, path, bias: name, selection };
const forms: Readonly<Record<GateForm['type'], Check>> = {
  competitive: members({ ...scored, temperature: name }, ['router', 'path']),
  sigmoid: ruled<SigmoidForm>(
    members({ ...scored, normalized: expectBoolean }, ['router', 'path', 'normalized']),
    '.normalized must be false with a selection, which says itself whether it divides',
    ({ normalized, selection: selects }) => !(normalized && selects),
  ),
  hierarchical: members({ type: () => undefined, groups, outer: form, inner: form }, [
    'groups',
    'outer',
    'inner',
  ]),
};

function form(who: string, where: string, value: unknown): void {
  const type = expectOneOf(
    who,
    `${where}.type`,
    (value as { type?: unknown } | null)?.type,
    Object.keys(forms),
  );
  forms[type as GateForm['type']](who, where, value);
}

const gateTraits = members({ form, sees: form, gauge: pure });

/** Refuses traits of another shape, as `testGate` does, which also finds out whether they are true. */
export function expectGateTraits(who: string, traits: GateTraits | undefined): void {
  if (traits === undefined) return;
  gateTraits(who, 'traits', traits);
  const { form: own, sees, gauge } = traits;
  if (own !== undefined && gauge !== undefined) {
    throw new MoeError(who, 'traits.gauge is for gates without a form, which says the gauge already');
  }
  if (sees !== undefined && (own !== undefined || gauge !== undefined)) {
    throw new MoeError(
      who,
      'traits.sees is for gates without a form and without a gauge: one of them says it',
    );
  }
}
