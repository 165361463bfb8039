import {
  type Activation,
  type ArrayValue,
  arrayInput,
  arrayOps,
  type CommonShift,
  expectRouterTraits,
  type Homogeneity,
  paramSize,
  type Router,
  type RouterForm,
  replicate,
  stream,
} from '@tfjs-moe/core';
import {
  assert,
  assertClose,
  assertParameters,
  drawnData,
  drawnRows,
  type Runner,
  testTraitShape,
  unitChanges,
  valuesOf,
} from '@tfjs-moe/core/testing';
import { assertCoordinates } from './router-coordinates.ts';

const EXPERTS = 4;
const TOKENS = 10;
const SEEDS = [11, 12, 13];

type Data = Record<string, Float64Array>;

/**
 * Tests that what a router says of itself is true, trait by trait; those that it does not have pass.
 *
 * @example testRouterTraits({ describe, test }, myRouter(), 4);
 */
export function testRouterTraits(runner: Runner, router: Router, inputDim: number): void {
  const { describe, test } = runner;
  const { form, homogeneous = [], shifts = [], coordinates, units = [] } = router.traits ?? {};
  const specs = replicate(router.params(inputDim), EXPERTS);
  const rows = drawnRows(TOKENS, inputDim, 3);

  const score = (data: Data, x = rows): ArrayValue =>
    router.logit(arrayOps, arrayInput(x), valuesOf(specs, data));
  const draws = () => SEEDS.map((seed) => drawnData(specs, seed));

  if (router.traits === undefined) return;
  describe(`router ${router.kind}: traits`, () => {
    if (!testTraitShape(runner, router, expectRouterTraits)) return;
    if (form !== undefined) {
      test('form: the score ends as it says', () => {
        const { kernel, bias } = form;
        assertParameters([kernel, ...(bias === undefined ? [] : [bias])], specs, 'traits.form');
        if (form.of === 'input') assertInputForm(form);
        else assertFeatureForm(form);
      });
    }
    homogeneous.forEach((of, i) => {
      test(`homogeneous: the score scales with ${of.parameters.join(', ')}`, () => {
        assertHomogeneous(of, `traits.homogeneous[${i}]`);
      });
    });
    shifts.forEach((of, i) => {
      test(`shifts: a common move of ${of.parameter} changes all scores alike, up to offsets`, () => {
        assertShift(of, `traits.shifts[${i}]`);
      });
    });
    if (coordinates !== undefined) {
      test('coordinates: the score is linear in them, with features of which none is to spare', () => {
        assertCoordinates(router, inputDim, coordinates);
      });
    }
    if (units.length > 0) {
      test('units: changing places, signs and scales changes no score', () => {
        for (const data of draws()) {
          for (const { claim, data: changed } of unitChanges(units, specs, data)) {
            assertClose(score(changed).data, score(data).data, `${claim}; the scores after it`, 1e-9);
          }
        }
      });
    }
  });

  function assertInputForm({ kernel, bias, activation = 'identity' }: RouterForm): void {
    const size = paramSize(specs[kernel]!);
    assert(
      size === inputDim,
      `traits.form: a kernel of the input must have ${inputDim} numbers; ${kernel} has ${size}`,
    );
    for (const data of draws()) {
      const argument = rows.flatMap((x) =>
        Array.from({ length: EXPERTS }, (_, e) => {
          const inner = x.reduce((sum, value, d) => sum + value * numberOf(data, kernel, e, d), 0);
          return bias === undefined ? inner : inner + numberOf(data, bias, e, 0);
        }),
      );
      assertClose(
        score(data).data,
        applied(activation, argument),
        `traits.form says that the score is ${activation} of the input times ${kernel}; the scores`,
        1e-9,
      );
    }
  }

  /** Features are not known, but the activation's argument is: it must be linear in the kernel and the bias. */
  function assertFeatureForm({ kernel, bias, activation = 'identity' }: RouterForm): void {
    const own = bias === undefined ? [kernel] : [kernel, bias];
    const argument = (data: Data) => inverse(activation, score(data).data, score(scaled(data, own, -1)).data);
    const claim = `traits.form says that the score is ${activation} of features times ${kernel}, which depend on neither it nor its bias`;
    for (const [i, drawn] of draws().entries()) {
      const other = drawnData(specs, SEEDS[i]! + 100);
      // Small arguments, at which no activation is flat.
      const first = scaled(drawn, own, 0.1);
      const second = { ...first, ...picked(scaled(other, own, 0.1), own) };
      const sum = { ...first, ...added(first, second, own) };
      const [a, b] = [argument(first), argument(second)];
      assertClose(score(first).data, applied(activation, [...a]), `${claim}; the scores`, 1e-9);
      assertClose(
        argument(sum),
        a.map((value, t) => value + b[t]!),
        `${claim}; the argument at the sum of two kernels`,
        1e-7,
      );
      assertClose(
        argument(scaled(first, own, 2)),
        a.map((value) => 2 * value),
        `${claim}; the argument at twice the kernel`,
        1e-7,
      );
      if (bias === undefined) continue;
      const raised = { ...first, [bias]: first[bias]!.map((value) => value + 0.05) };
      assertClose(
        argument(raised),
        a.map((value) => value + 0.05),
        `traits.form says that ${bias} is added to the argument; that after adding 0.05 to it`,
        1e-7,
      );
    }
  }

  function assertHomogeneous({ parameters, degree }: Homogeneity, where: string): void {
    assert(parameters.length > 0, `${where} names no parameter`);
    assertParameters(parameters, specs, where);
    for (const data of draws()) {
      for (const factor of [0.5, 3]) {
        assertClose(
          score(scaled(data, parameters, factor)).data,
          score(data).data.map((value) => factor ** degree * value),
          `${where} says that the score is homogeneous of degree ${degree} in ${parameters.join(', ')}; the scores with these times ${factor}`,
          1e-8,
        );
      }
    }
  }

  function assertShift({ parameter, offset }: CommonShift, where: string): void {
    assertParameters([parameter], specs, where);
    const spec = specs[parameter]!;
    assert(spec.copies === EXPERTS, `${where}: every expert must have its own ${parameter}; it is shared`);
    const size = paramSize(spec);
    for (const [i, data] of draws().entries()) {
      const random = stream(SEEDS[i]!, where);
      const t = Array.from({ length: size }, () => random.normal());
      const values = data[parameter]!;
      const moved = { ...data, [parameter]: values.map((value, j) => value + t[j % size]!) };
      const [before, after] = [score(data), score(moved)];
      const offsets = Array.from({ length: EXPERTS }, (_, e) =>
        offset === undefined ? 0 : offset([...values.subarray(e * size, (e + 1) * size)], t),
      );
      const gains = after.data.map(
        (value, j) => value - before.data[before.tokens === 1 ? j % EXPERTS : j]! - offsets[j % EXPERTS]!,
      );
      assertClose(
        gains,
        gains.map((_, j) => gains[j - (j % EXPERTS)]!),
        `${where} says that a common move of ${parameter} adds the same to every score${offset === undefined ? '' : ', up to its offset'}; what it adds`,
        1e-8,
      );
    }
  }

  function numberOf(data: Data, name: string, expert: number, index: number): number {
    const spec = specs[name]!;
    return data[name]![(spec.copies === 1 ? 0 : expert) * paramSize(spec) + index]!;
  }
}

function scaled(data: Data, names: readonly string[], factor: number): Data {
  const times = (values: Float64Array) => values.map((value) => factor * value);
  return { ...data, ...Object.fromEntries(names.map((name) => [name, times(data[name]!)])) };
}

function picked(data: Data, names: readonly string[]): Data {
  return Object.fromEntries(names.map((name) => [name, data[name]!]));
}

function added(a: Data, b: Data, names: readonly string[]): Data {
  return Object.fromEntries(names.map((name) => [name, a[name]!.map((value, i) => value + b[name]![i]!)]));
}

function applied(activation: Activation, argument: readonly number[]): Float64Array {
  return arrayOps.activation(activation, arrayInput([argument])).data;
}

/** The argument of an activation from its values there and at minus the argument. */
function inverse(activation: Activation, plus: Float64Array, minus: Float64Array): Float64Array {
  switch (activation) {
    case 'identity':
      return plus;
    case 'tanh':
      return plus.map(Math.atanh);
    case 'sigmoid':
      return plus.map((value) => Math.log(value / (1 - value)));
    default:
      // relu, gelu, silu, softplus: f(z) - f(-z) = z.
      return plus.map((value, i) => value - minus[i]!);
  }
}
