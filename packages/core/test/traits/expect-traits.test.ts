import { describe, expect, test } from 'vitest';
import { defineGate } from '../../src/gate.ts';
import { defineRouter } from '../../src/router.ts';
import { expectExpertTraits } from '../../src/traits/expect-expert-traits.ts';
import { expectGateTraits } from '../../src/traits/expect-gate-traits.ts';
import { expectRouterTraits } from '../../src/traits/expect-router-traits.ts';

const linear = defineRouter('traitsLinear', () => ({
  config: {},
  params: (inputDim) => ({ kernel: { shape: [inputDim], initializer: { kind: 'zeros' } } }),
  logit: (ops, x, p) => ops.dot(x, p.kernel),
}));

// biome-ignore lint/suspicious/noExplicitAny: the shapes are wrong on purpose
type Wrong = any;

const router = (traits: Wrong) => () => expectRouterTraits('traitsRouter', traits);
const expert = (traits: Wrong) => () => expectExpertTraits('traitsExpert', traits);
const gate = (traits: Wrong) => () => expectGateTraits('traitsGate', traits);
const defined = (traits: Wrong) =>
  defineGate('traitsGate', () => ({
    config: {},
    expertsPerToken: (experts) => experts,
    params: () => ({}),
    route: () => {
      throw new Error('not asked');
    },
    traits,
  }))();

const competitive = { type: 'competitive', router: linear(), path: 'router' };

describe('traits are of a known shape', () => {
  test('well-formed ones arrive, frozen', () => {
    const made = defined({ form: { ...competitive, bias: 'offset' } });
    expectGateTraits(made.kind, made.traits);
    expect(made.traits?.form).toMatchObject({ type: 'competitive', bias: 'offset' });
    expect(Object.isFrozen(made.traits?.form)).toBe(true);
    expect(gate({ form: undefined })).not.toThrow();
    expect(gate(undefined)).not.toThrow();
  });

  test.each([
    [gate({ forms: competitive }), 'traitsGate: traits has no "forms"; it may have form, sees, gauge.'],
    [gate('softmax'), 'traits must be an object with some of form, sees, gauge. Received: "softmax".'],
    [gate({ form: { ...competitive, type: 'softmax' } }), "traits.form.type must be one of 'competitive', "],
    [gate({ form: { ...competitive, useBias: true } }), 'traits.form has no "useBias"; it may have type, '],
    [gate({ form: { type: 'competitive', path: 'router' } }), 'traits.form needs router, path'],
    [gate({ form: { ...competitive, router: 'linear' } }), 'traits.form.router must be a router'],
    [gate({ form: { ...competitive, bias: 3 } }), 'traits.form.bias must be the name of a parameter'],
    [
      gate({ form: { ...competitive, selection: { k: 0, by: 'logits', renormalized: true } } }),
      'traits.form.selection.k must be an integer of at least 1. Received: 0.',
    ],
    [
      gate({ form: { ...competitive, selection: { k: 2, by: 'logits', bias: 'b', renormalized: true } } }),
      "traits.form.selection.bias is added to weights: by must be 'weights'",
    ],
    [
      gate({
        form: {
          ...competitive,
          type: 'sigmoid',
          normalized: true,
          selection: { k: 2, by: 'logits', renormalized: true },
        },
      }),
      'traits.form.normalized must be false with a selection',
    ],
    [
      gate({
        form: { type: 'hierarchical', groups: 2, outer: competitive, inner: { ...competitive, type: 'x' } },
      }),
      'traits.form.inner.type must be one of',
    ],
    [gate({ form: competitive, gauge: () => [] }), 'traits.gauge is for gates without a form'],
    [gate({ gauge: [] }), 'traits.gauge must be a function'],
    [router({ linear: true }), 'traitsRouter: traits has no "linear"; it may have form, homogeneous, shifts'],
    [router({ form: { of: 'input' } }), 'traits.form needs of, kernel'],
    [
      router({ form: { of: 'input', kernel: 'k', activation: 'sine' } }),
      'traits.form.activation must be one',
    ],
    [router({ homogeneous: ['kernel'] }), 'traits.homogeneous[0] must be an object with some of parameters'],
    [router({ shifts: [{ parameter: 'kernel', offset: 0 }] }), 'traits.shifts[0].offset must be a function'],
    [router({ units: [{ incoming: ['a'] }] }), 'traits.units[0] needs incoming, outgoing'],
    [expert({ class: 'linear' }), 'traitsExpert: traits has no "class"; it may have form, linearIn, units.'],
    [
      expert({ form: { of: 'input', bias: 'b' } }),
      "traits.form needs a kernel, or a bias alone and of: 'nothing'",
    ],
    [expert({ form: { of: 'input', kernel: 'k', degree: 1.5 } }), 'traits.form.degree must be an integer'],
    [expert({ linearIn: 'value' }), 'traits.linearIn must be a list. Received: "value".'],
    [
      expert({ units: [{ incoming: ['a'], outgoing: [], signs: [{ negates: ['a'] }] }] }),
      'traits.units[0].signs[0] has no "negates"; it may have negated, constant.',
    ],
  ])('others are refused by name: %#', (make, message) => {
    expect(make).toThrow(message as string);
  });
});
