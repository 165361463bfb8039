import {
  type ArrayValue,
  arrayInput,
  arrayOps,
  type Expert,
  type ExpertForm,
  expectExpertTraits,
  paramSize,
  replicate,
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

const EXPERTS = 2;
const TOKENS = 9;
const SEEDS = [11, 12, 13];

type Data = Record<string, Float64Array>;

/**
 * Tests that what an expert says of itself is true, trait by trait; those that it does not have pass.
 *
 * @example testExpertTraits({ describe, test }, myExpert(), { inputDim: 3, units: 2 });
 */
export function testExpertTraits(
  runner: Runner,
  expert: Expert,
  { inputDim, units }: { readonly inputDim: number; readonly units: number },
): void {
  const { describe, test } = runner;
  const { form, linearIn, units: layers = [] } = expert.traits ?? {};
  const specs = replicate(expert.params(inputDim, units), EXPERTS);
  const rows = drawnRows(TOKENS, inputDim, 3);
  const draws = () => SEEDS.map((seed) => drawnData(specs, seed));

  /** [tokens, experts, units], also where the output does not depend on the token. */
  function output(data: Data): Float64Array {
    const value: ArrayValue = expert.apply(arrayOps, arrayInput(rows), valuesOf(specs, data));
    const { tokens, experts } = value;
    const at = (t: number, e: number) => ((tokens === 1 ? 0 : t) * experts + (experts === 1 ? 0 : e)) * units;
    const entries = rows.flatMap((_, t) =>
      Array.from({ length: EXPERTS }, (__, e) => [...value.data.subarray(at(t, e), at(t, e) + units)]).flat(),
    );
    return Float64Array.from(entries);
  }

  if (expert.traits === undefined) return;
  describe(`expert ${expert.kind}: traits`, () => {
    if (!testTraitShape(runner, expert, expectExpertTraits)) return;
    if (form !== undefined) {
      test('form: the output is what it says', () => {
        assertShape(form.kernel, [inputDim, units], 'traits.form.kernel');
        assertShape(form.bias, [units], 'traits.form.bias');
        for (const data of draws()) {
          const what = `traits.form says that the output is ${inWords(form)}; it`;
          assertClose(output(data), formOutput(form, data), what, 1e-9);
        }
      });
    }
    if (form !== undefined && (form.activation ?? 'identity') === 'identity' && (form.degree ?? 1) === 1) {
      test('linearIn: is said where the form is linear', () => {
        for (const name of [form.kernel, form.bias]) {
          const said = name === undefined || linearIn?.includes(name);
          assert(said === true, `traits.form is linear in ${name}, which traits.linearIn must name`);
        }
      });
    }
    if (linearIn !== undefined) {
      test('linearIn: the output is linear in the parameters named', () => {
        assertLinear(linearIn);
      });
    }
    if (layers.length > 0) {
      test('units: changing places, signs and scales changes no output', () => {
        for (const data of draws()) {
          for (const { claim, data: changed } of unitChanges(layers, specs, data)) {
            assertClose(output(changed), output(data), `${claim}; the output after it`, 1e-9);
          }
        }
      });
    }
  });

  function assertLinear(names: readonly string[]): void {
    assert(names.length > 0, 'traits.linearIn names no parameter');
    assertParameters(names, specs, 'traits.linearIn');
    draws().forEach((first, i) => {
      const other = drawnData(specs, SEEDS[i]! + 100);
      const at = (a: number, b: number) => output({ ...first, ...combination(names, first, other, a, b) });
      const [one, two] = [at(1, 0), at(0, 1)];
      assertClose(
        at(2, -0.5),
        one.map((value, j) => 2 * value - 0.5 * two[j]!),
        `traits.linearIn says that the output is linear in ${names.join(', ')}; the output at a combination of two draws`,
        1e-9,
      );
    });
  }

  function assertShape(name: string | undefined, shape: readonly number[], where: string): void {
    if (name === undefined) return;
    assertParameters([name], specs, where);
    const actual = specs[name]?.shape;
    assert(
      String(actual) === String(shape),
      `${where}: ${name} must have the shape [${shape}]; it has [${actual}]`,
    );
  }

  /** By plain loops that know nothing of the expert's `apply`. */
  function formOutput(
    { of, epsilon = 0, kernel, bias, activation = 'identity', degree = 1 }: ExpertForm,
    data: Data,
  ) {
    const numberOf = (name: string, e: number, index: number) => {
      const { copies } = specs[name]!;
      const size = paramSize(specs[name]!);
      return data[name]![(copies === 1 ? 0 : e) * size + index]!;
    };
    const argument = rows.flatMap((x) => {
      const length = of === 'direction' ? Math.hypot(...x, epsilon) : 1;
      return Array.from({ length: EXPERTS * units }, (_, i) => {
        const [e, u] = [Math.floor(i / units), i % units];
        let z = bias === undefined ? 0 : numberOf(bias, e, u);
        if (kernel !== undefined)
          x.forEach((value, d) => {
            z += (value / length) * numberOf(kernel, e, d * units + u);
          });
        return z;
      });
    });
    return arrayOps.activation(activation, arrayInput([argument])).data.map((value) => value ** degree);
  }
}

function combination(names: readonly string[], a: Data, b: Data, ofA: number, ofB: number): Data {
  const combined = (name: string) => a[name]!.map((value, i) => ofA * value + ofB * b[name]![i]!);
  return Object.fromEntries(names.map((name) => [name, combined(name)]));
}

function inWords({ of, epsilon = 0, kernel, bias, activation = 'identity', degree = 1 }: ExpertForm): string {
  const u = of === 'direction' ? `x/sqrt(|x|^2 + ${epsilon}^2)` : 'x';
  const sum = [
    ...(kernel === undefined ? [] : [`${u} ${kernel}`]),
    ...(bias === undefined ? [] : [bias]),
  ].join(' + ');
  const inside = activation === 'identity' ? sum : `${activation}(${sum})`;
  return degree === 1 ? inside : `(${inside})^${degree}`;
}
