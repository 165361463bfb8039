import {
  type CommonShift,
  type Coordinates,
  defineExpert,
  defineGate,
  defineRouter,
  type Expert,
  type ExpertTraits,
  type GateForm,
  type Numbers,
  paramSize,
  type Router,
  stream,
  type Units,
} from '@tfjs-moe/core';
import { ffn, linear } from '@tfjs-moe/experts';
import { hierarchical, linearRouter, softmax, temperature, topK } from '@tfjs-moe/gates';
import { traitsOf } from '@tfjs-moe/measures';
import { matrixOf, singularValues } from '@tfjs-moe/numerics';
import { describe, expect, test } from 'vitest';
import { builtInExperts, builtInGates, builtInRouters } from '../built-ins.ts';
import { wrappedExpert, wrappedGate, wrappedRouter } from '../wrapped.ts';

/** Without what is not said, defaults, and the order of lists. */
function plain(value: unknown): unknown {
  if (Array.isArray(value))
    return value
      .map(plain)
      .map((entry) => JSON.stringify(entry))
      .sort();
  if (typeof value === 'function') return 'a function';
  if (typeof value !== 'object' || value === null) return value;
  const { role } = value as { role?: unknown };
  // Of what a score is homogeneous in, more is found than is said.
  if (role === 'router') return plain({ ...traitsOf(value as Router), homogeneous: undefined });
  const kept = Object.entries(value).filter(
    ([name, entry]) =>
      entry !== undefined &&
      !(name === 'activation' && entry === 'identity') &&
      !((name === 'degree' || name === 'scale') && entry === 1 && !('parameters' in value)) &&
      !(Array.isArray(entry) && entry.length === 0) &&
      name !== 'sources',
  );
  return Object.fromEntries(kept.map(([name, entry]) => [name, plain(entry)]));
}

/** A form with the paths of its routers taken into the names of what they are. */
const named = (form: GateForm | undefined): unknown => {
  if (form === undefined) return undefined;
  if (form.type === 'hierarchical') return { ...form, outer: named(form.outer), inner: named(form.inner) };
  return { ...form, router: undefined, path: undefined };
};

/** A selection that is made again may be left out of what is seen. */
function withoutSelections(form: GateForm | undefined): GateForm | undefined {
  if (form?.type !== 'hierarchical') return form && { ...form, selection: undefined };
  const [outer, inner] = [form.outer, form.inner].map(withoutSelections);
  return { ...form, outer: outer!, inner: inner! };
}

describe('what built-ins say of themselves is read from their formulas too', () => {
  test.each(builtInRouters())('router %s', (_name, router) => {
    const found = traitsOf(wrappedRouter(router));
    const { homogeneous = [], ...declared } = router.traits!;
    const { homogeneous: others, ...rest } = found;
    expect(plain(rest)).toEqual(plain(declared));
    expectSameCoordinates(found.coordinates, declared.coordinates, router);
    for (const one of homogeneous) expect(plain(others)).toContain(JSON.stringify(plain(one)));
    const offsets = (of: readonly CommonShift[] = []) => of.map(({ offset }) => differences(offset));
    expect(offsets(found.shifts)).toEqual(offsets(declared.shifts));
  });

  /** Each is a linear function of the other: together they have no more directions. */
  function expectSameCoordinates(
    one: Coordinates | undefined,
    other: Coordinates | undefined,
    router: Router,
  ): void {
    if (one === undefined || other === undefined) return;
    const random = stream(1, 'coordinates');
    const drawn = Array.from({ length: 20 }, () =>
      Object.fromEntries(
        Object.entries(router.params(3))
          .filter(([, { shared }]) => !shared)
          .map(([name, spec]) => [name, Array.from({ length: paramSize(spec) }, () => random.normal())]),
      ),
    );
    const rank = (of: (own: Numbers) => readonly number[]) => {
      const { values } = singularValues(matrixOf(drawn.map((own) => [...of(own)])));
      return values.filter((value) => value > 1e-9 * values[0]!).length;
    };
    expect(rank((own) => [...one.of(own), ...other.of(own)])).toBe(one.of(drawn[0]!).length);
    expect(other.of(drawn[0]!).length).toBe(one.of(drawn[0]!).length);
    if (other.offset === undefined) return;
    expect(rank((own) => [one.offset!(own), other.offset!(own)])).toBe(1);
  }

  /** Offsets at some numbers, up to what is the same for all experts. */
  function differences(offset: CommonShift['offset']): unknown {
    if (offset === undefined) return undefined;
    const at = (own: readonly number[]) => offset(own, [0.5, -2, 0.25]);
    const numbers = [
      [1, 2, 3],
      [-0.5, 0, 4],
    ];
    return numbers.map((own) => (at(own) - at([0, 0, 0])).toFixed(12));
  }

  test.each(builtInExperts())('expert %s', (_name, expert) => {
    const found = traitsOf(wrappedExpert(expert)) as ExpertTraits;
    const declared = expert.traits!;
    expect(plain(found)).toEqual(plain(declared));
  });

  test.each(builtInGates())('gate %s', (_name, gate) => {
    const read = traitsOf(wrappedGate(gate));
    if (gate.traits?.sees !== undefined && read.form === undefined)
      expect(plain(named(withoutSelections(read.sees)))).toEqual(
        plain(named(withoutSelections(gate.traits.sees))),
      );
    const found = read.form;
    const declared = gate.traits?.form;
    if (declared === undefined) return;
    expect(plain(named(found))).toEqual(plain(named(declared)));
    if (declared.type === 'hierarchical' || found?.type === 'hierarchical' || found === undefined) return;
    expect([found.path, plain(found.router)]).toEqual([declared.path, plain(declared.router)]);
  });

  test('and of gates that cannot say it, found where it is one of the forms after all', () => {
    expect(topK({ weighting: topK({ k: 3 }) }).traits?.form).toBeUndefined();
    expect(traitsOf(topK({ weighting: topK({ k: 3 }) })).form).toMatchObject({ selection: { k: 2 } });
    expect(traitsOf(temperature({ threshold: 0.1 })).form).toBeUndefined();
    expect(traitsOf(topK({ weighting: hierarchical({ groups: 2 }) })).form).toBeUndefined();
  });
});

interface Layered {
  up: unknown;
  at: unknown;
  down: unknown;
  level: unknown;
}

describe('definitions of others', () => {
  const zeros = { kind: 'zeros' } as const;

  test('a gate with its score inside, its bias and temperature under names of their own', () => {
    const gate = defineGate('sharp', () => ({
      config: {},
      expertsPerToken: () => 2,
      params: (inputDim, experts) => ({
        w: { shape: [inputDim], initializer: zeros, copies: experts },
        offset: { shape: [1], initializer: zeros, copies: experts },
        heat: {
          shape: [1],
          initializer: { kind: 'ones' },
          copies: 1,
          shared: true,
          constraint: { min: 0.1 },
        },
      }),
      route(ops, x, p) {
        const logits = ops.div(ops.add(ops.dot(p.w, x), p.offset), p.heat);
        const e = ops.exp(ops.sub(logits, ops.logSumExp(logits)));
        const choices = ops.topK(e, 2);
        const kept = ops.mul(e, choices.reduce(ops.add));
        const weights = ops.div(kept, ops.sumExperts(kept));
        return { logits, scores: e, probabilities: e, choices, weights };
      },
    }))();
    const { form, sources } = traitsOf(gate);
    expect(sources).toEqual({ form: 'found' });
    expect(form).toMatchObject({
      type: 'competitive',
      bias: 'offset',
      temperature: 'heat',
      path: '',
      selection: { k: 2, by: 'logits', renormalized: true },
    });
    const router = (form as { router: Router }).router;
    expect(router.params(5)).toEqual({ w: { shape: [5], initializer: zeros, shared: false } });
    expect(plain(traitsOf(router))).toEqual(
      plain({
        ...linearRouter().traits,
        form: { of: 'input', kernel: 'w' },
        homogeneous: [{ parameters: ['w'], degree: 1 }],
        shifts: [{ parameter: 'w' }],
      }),
    );
  });

  test('a router of two parts, both of which a softmax may shift; a product of parameters is none', () => {
    const router = (slope: boolean) =>
      defineRouter('curved', () => ({
        config: {},
        params: (inputDim) => ({
          a: { shape: [inputDim], initializer: zeros },
          q: { shape: [1], initializer: zeros },
        }),
        logit(ops, x, p) {
          const square = ops.mul(p.q, ops.dot(x, x));
          return ops.add(ops.dot(x, slope ? ops.mul(p.a, p.q) : p.a), square);
        },
      }))();
    expect(traitsOf(router(false)).shifts).toEqual([{ parameter: 'a' }, { parameter: 'q' }]);
    expect(traitsOf(router(true)).shifts).toEqual([]);
  });

  test('hidden units are found by what they lead from and to, not by names', () => {
    const expert = defineExpert('bump', () => ({
      config: {},
      params: (inputDim, units) => ({
        up: { shape: [inputDim, 4], initializer: zeros },
        at: { shape: [4], initializer: zeros },
        down: { shape: [4, units], initializer: zeros },
        level: { shape: [units], initializer: zeros },
      }),
      apply: (ops, x, p) => ops.affine(ops.activation('tanh', ops.affine(x, p.up, p.at)), p.down, p.level),
    }))();
    const units: Units = {
      incoming: ['up', 'at'],
      outgoing: ['down'],
      signs: [{ negated: ['up', 'at', 'down'] }],
    };
    expect(traitsOf(expert)).toMatchObject({ linearIn: ['down', 'level'], units: [units] });
  });

  test.each<[string, Expert<Layered>['apply'], Partial<ExpertTraits>]>([
    [
      'a bias used twice ties two layers',
      (ops, x, p) =>
        ops.affine(ops.activation('tanh', ops.add(ops.affine(x, p.up, p.at), p.at)), p.down, p.level),
      { units: [{ incoming: ['up', 'at'], outgoing: ['down'], signs: [{ negated: ['up', 'at', 'down'] }] }] },
    ],
    [
      'an activation without symmetry keeps its signs',
      (ops, x, p) => ops.affine(ops.activation('gelu', ops.affine(x, p.up, p.at)), p.down, p.level),
      { units: [{ incoming: ['up', 'at'], outgoing: ['down'] }] },
    ],
    [
      'a sigmoid without a free bias behind it keeps its signs',
      (ops, x, p) =>
        ops.add(
          ops.affine(ops.activation('sigmoid', ops.affine(x, p.up, p.at)), p.down, p.level),
          ops.activation('tanh', p.level),
        ),
      { units: [{ incoming: ['up', 'at'], outgoing: ['down'] }] },
    ],
    [
      'the square of a layer is even',
      (ops, x, p) => {
        const z = ops.affine(x, p.up, p.at);
        return ops.affine(ops.mul(z, z), p.down, p.level);
      },
      { units: [{ incoming: ['up', 'at'], outgoing: ['down'], signs: [{ negated: ['up', 'at'] }] }] },
    ],
  ])('%s', (_name, apply, expected) => {
    const expert = defineExpert<[], Layered>('other', () => ({
      config: {},
      params: (inputDim, units) => ({
        up: { shape: [inputDim, 4], initializer: zeros },
        at: { shape: [4], initializer: zeros },
        down: { shape: [4, units], initializer: zeros },
        level: { shape: [units], initializer: zeros },
      }),
      apply,
    }))();
    expect(traitsOf(expert)).toMatchObject(expected);
  });

  test('a scale in front is what the output is linear in; a residual has no hidden units to move', () => {
    const scaled = defineExpert('scaled', () => ({
      config: {},
      params: (inputDim, units) => ({
        scale: { shape: [1], initializer: zeros },
        W: { shape: [inputDim, units], initializer: zeros },
      }),
      apply: (ops, x, p) => ops.mul(p.scale, ops.activation('tanh', ops.affine(x, p.W))),
    }))();
    expect(traitsOf(scaled).linearIn).toEqual(['scale']);
    const residual = defineExpert('residual', () => ({
      config: {},
      params: (inputDim, units) => ({
        W: { shape: [inputDim, inputDim], initializer: zeros },
        V: { shape: [inputDim, units], initializer: zeros },
      }),
      apply: (ops, x, p) => ops.affine(ops.add(x, ops.activation('tanh', ops.affine(x, p.W))), p.V),
    }))();
    expect(traitsOf(residual).units).toEqual([]);
  });
});

test('what is declared goes before what is found, member by member', () => {
  const expert = ffn({ hiddenUnits: 2, activation: 'tanh' });
  expect(traitsOf(expert).sources).toEqual({ linearIn: 'declared', units: 'declared' });
  expect(traitsOf({ ...expert, traits: { units: [] } })).toMatchObject({
    units: [],
    linearIn: ['layer_2/kernel', 'layer_2/bias'],
    sources: { units: 'declared', linearIn: 'found' },
  });
});

test('what cannot be read is unknown, and no error', () => {
  const hatch = {
    ...linear(),
    traits: undefined,
    apply: (_ops: unknown, x: { shape: number[] }) => x.shape[1],
  };
  expect(traitsOf(hatch as unknown as Expert)).toEqual({ sources: {} });
  const gate = { ...softmax(), traits: undefined, route: () => ({ weights: 3 }) };
  expect(traitsOf(gate as never)).toEqual({ sources: {} });
  const failing = {
    ...linearRouter(),
    traits: undefined,
    logit: () => {
      throw new Error('no');
    },
  };
  expect(traitsOf(failing as never)).toEqual({ sources: {} });
});
