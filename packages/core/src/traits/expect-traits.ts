import { expectActivation } from '../activation.ts';
import { MoeError } from '../errors.ts';
import { expectBoolean, expectInteger, expectNumber, expectOneOf, expectPositive } from '../expect.ts';
import type { ExpertForm, ExpertTraits } from './expert-traits.ts';
import type { GateForm, SelectionForm, SigmoidForm } from './gate-form.ts';
import type { GateTraits } from './gate-traits.ts';
import type { RouterTraits } from './router-traits.ts';

type Check = (who: string, where: string, value: unknown) => void;

/** Members that a trait may have, each with its check, and those that it must have. */
function members(checks: Readonly<Record<string, Check>>, needed: readonly string[] = []): Check {
  const known = Object.keys(checks);
  return (who, where, value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new MoeError(who, `${where} must be an object with some of ${known.join(', ')}`, value);
    }
    const stray = Object.keys(value).find((name) => !known.includes(name));
    if (stray !== undefined) {
      throw new MoeError(who, `${where} has no "${stray}"; it may have ${known.join(', ')}`);
    }
    const of = value as Record<string, unknown>;
    const missing = needed.find((name) => of[name] === undefined);
    if (missing !== undefined) throw new MoeError(who, `${where} needs ${needed.join(', ')}`, of[missing]);
    for (const name of known) if (of[name] !== undefined) checks[name]?.(who, `${where}.${name}`, of[name]);
  };
}

/** A check, and a rule between members. */
function ruled<T>(check: Check, rule: string, holds: (value: T) => boolean): Check {
  return (who, where, value) => {
    check(who, where, value);
    if (!holds(value as T)) throw new MoeError(who, `${where}${rule}`, value);
  };
}

const list =
  (check: Check): Check =>
  (who, where, value) => {
    if (!Array.isArray(value)) throw new MoeError(who, `${where} must be a list`, value);
    value.forEach((entry, i) => {
      check(who, `${where}[${i}]`, entry);
    });
  };

const name: Check = (who, where, value) => {
  if (typeof value === 'string' && value !== '') return;
  throw new MoeError(who, `${where} must be the name of a parameter`, value);
};
const path: Check = (who, where, value) => {
  if (typeof value === 'string') return;
  throw new MoeError(who, `${where} must be the path of the router's parameters`, value);
};
const pure: Check = (who, where, value) => {
  if (typeof value === 'function') return;
  throw new MoeError(who, `${where} must be a function`, value);
};
const router: Check = (who, where, value) => {
  if ((value as { role?: unknown } | null)?.role === 'router') return;
  throw new MoeError(who, `${where} must be a router`, value);
};
const positive: Check = (who, where, value) => expectInteger(who, where, value, { min: 1 });
const oneOf =
  (...names: readonly string[]): Check =>
  (who, where, value) =>
    expectOneOf(who, where, value, names);

const units = list(
  members(
    {
      incoming: list(name),
      outgoing: list(name),
      signs: list(members({ negated: list(name), constant: name }, ['negated'])),
      scales: list(members({ multiplied: list(name), divided: list(name) }, ['multiplied', 'divided'])),
    },
    ['incoming', 'outgoing'],
  ),
);

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

const routerTraits = members({
  form: members({ of: oneOf('input', 'features'), kernel: name, bias: name, activation: expectActivation }, [
    'of',
    'kernel',
  ]),
  homogeneous: list(members({ parameters: list(name), degree: expectNumber }, ['parameters', 'degree'])),
  shifts: list(members({ parameter: name, offset: pure }, ['parameter'])),
  units,
});

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
const scored = { type: () => undefined, router, path, bias: name, selection };
const forms: Readonly<Record<GateForm['type'], Check>> = {
  competitive: members({ ...scored, temperature: name }, ['router', 'path']),
  sigmoid: ruled<SigmoidForm>(
    members({ ...scored, normalized: expectBoolean }, ['router', 'path', 'normalized']),
    '.normalized must be false with a selection, which says itself whether it divides',
    ({ normalized, selection: selects }) => !(normalized && selects),
  ),
  hierarchical: members({ type: () => undefined, groups: positive, outer: form, inner: form }, [
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

const gateTraits = members({ form, gauge: pure });

/** Refuses traits of another shape; whether they are true, `testGate` finds out. */
export function expectGateTraits(who: string, traits: GateTraits | undefined): void {
  if (traits === undefined) return;
  gateTraits(who, 'traits', traits);
  if (traits.form !== undefined && traits.gauge !== undefined) {
    throw new MoeError(who, 'traits.gauge is for gates without a form, which says the gauge already');
  }
}

/** Refuses traits of another shape; whether they are true, `testRouter` finds out. */
export function expectRouterTraits(who: string, traits: RouterTraits | undefined): void {
  if (traits !== undefined) routerTraits(who, 'traits', traits);
}

/** Refuses traits of another shape; whether they are true, `testExpert` finds out. */
export function expectExpertTraits(who: string, traits: ExpertTraits | undefined): void {
  if (traits !== undefined) expertTraits(who, 'traits', traits);
}
