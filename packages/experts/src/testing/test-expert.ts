import {
  type ArrayValue,
  arrayInput,
  arrayOps,
  type Expert,
  getExpert,
  MoeError,
  type ParamSpecs,
  replicate,
} from '@tfjs-moe/core';
import {
  assert,
  assertClose,
  assertFinite,
  assertSpecs,
  drawnData,
  drawnRows,
  type Runner,
  testPlugin,
  valuesOf,
} from '@tfjs-moe/core/testing';
import { testExpertTraits } from './expert-traits.ts';

/** Options of `testExpert`: sizes, and what the expert is known to do. */
export interface TestExpertOptions {
  /** Number of input features. Default 3. */
  readonly inputDim?: number;
  /** Number of output features. Default 2. */
  readonly units?: number;
  /** Standard deviation of the large inputs at which the output must be finite. Default 1000. */
  readonly largest?: number;
  /** Whether there must be as many output features as inputs; other numbers must then be refused. Default false. */
  readonly sameWidth?: boolean;
}

const EXPERTS = 3;
const TOKENS = 12;
const DRAWS = 8;

/**
 * What every expert promises: its shapes, finite outputs, independence between experts and between tokens, and that
 * none of its parameters is idle.
 *
 * Tests an expert against the contract, on plain arrays.
 */
export function testExpert(runner: Runner, expert: Expert, options: TestExpertOptions = {}): void {
  const { inputDim = 3, largest = 1000, sameWidth = false } = options;
  const { units = sameWidth ? inputDim : 2 } = options;
  const { describe, test } = runner;
  const specs = replicate(expert.params(inputDim, units), EXPERTS);
  const rows = drawnRows(TOKENS, inputDim, 1);

  function output(data: Record<string, ArrayLike<number>>, x = rows, of: ParamSpecs = specs): ArrayValue {
    return expert.apply(arrayOps, arrayInput(x), valuesOf(of, data));
  }

  testPlugin(runner, expert, getExpert);

  describe(`expert ${expert.kind}: contract`, () => {
    test('has well-formed parameters for any number of features', () => {
      assertSpecs(expert.params(inputDim, units));
      assertSpecs(expert.params(inputDim + 4, sameWidth ? inputDim + 4 : 1));
      if (sameWidth) assertRefused(() => expert.params(inputDim, units + 3));
      else assertSpecs(expert.params(inputDim, units + 3));
    });

    test('returns as many features as there are units', () => {
      const { features, rows: innerRows, tokens, experts } = output(drawnData(specs, 1));
      assert(
        features === units && innerRows === 1,
        `the output has ${features} features instead of ${units}`,
      );
      assert(tokens === TOKENS || tokens === 1, `the output has ${tokens} tokens instead of ${TOKENS}`);
      assert(experts === EXPERTS || experts === 1, `the output has ${experts} experts instead of ${EXPERTS}`);
    });

    test('is finite at ordinary, large and zero inputs', () => {
      for (const scale of [1, largest, 0]) {
        const x = drawnRows(TOKENS, inputDim, 2, scale);
        assertFinite(output(drawnData(specs, 2), x).data, `output at inputs of scale ${scale}`);
      }
    });

    test('is restored from its config with the same outputs', () => {
      const again = getExpert(JSON.parse(JSON.stringify(expert.config)));
      const values = valuesOf(specs, drawnData(specs, 3));
      const expected = expert.apply(arrayOps, arrayInput(rows), values);
      assertClose(again.apply(arrayOps, arrayInput(rows), values).data, expected.data, 'restored output', 0);
    });

    test("computes each expert from that expert's parameters alone", () => {
      const data = drawnData(specs, 4);
      const all = output(data);
      const one = single(specs);
      for (let e = 0; e < EXPERTS; e++) {
        const alone = output(copyOf(specs, data, e), rows, one);
        assertClose(entries(all, e), entries(alone, 0), `expert ${e} among ${EXPERTS} and alone`, 0);
      }
    });

    test('computes each token from that token alone', () => {
      const data = drawnData(specs, 5);
      const together = output(data);
      rows.forEach((row, t) => {
        const alone = output(data, [row]);
        for (let e = 0; e < EXPERTS; e++) {
          assertClose(entries(together, e, t), entries(alone, e, 0), `token ${t} in a batch and alone`, 0);
        }
      });
    });

    test('has no idle parameter', () => {
      for (const [name, spec] of Object.entries(specs)) {
        const size = spec.shape.reduce<number>((product, length) => product * length, 1);
        for (let i = 0; i < size; i++) {
          assert(matters(name, i), `number ${i} of ${name} changes no output`);
        }
      }
    });
  });

  testExpertTraits(runner, expert, { inputDim, units });

  function matters(name: string, index: number): boolean {
    for (let seed = 0; seed < DRAWS; seed++) {
      const data = drawnData(specs, seed);
      const before = output(data).data;
      data[name]![index] = data[name]![index]! + 0.3;
      if (output(data).data.some((value, i) => value !== before[i])) return true;
    }
    return false;
  }
}

function assertRefused(make: () => unknown): void {
  let refused = false;
  try {
    make();
  } catch (error) {
    refused = error instanceof MoeError;
  }
  assert(refused, 'with sameWidth, other output than input features must be refused by a MoeError');
}

function single(specs: ParamSpecs): ParamSpecs {
  return Object.fromEntries(Object.entries(specs).map(([name, spec]) => [name, { ...spec, copies: 1 }]));
}

function copyOf(specs: ParamSpecs, data: Record<string, Float64Array>, expert: number) {
  return Object.fromEntries(
    Object.entries(data).map(([name, values]) => {
      const size = values.length / (specs[name]?.copies ?? 1);
      const first = specs[name]?.copies === 1 ? 0 : expert * size;
      return [name, values.slice(first, first + size)];
    }),
  );
}

/** One expert's numbers for every token, or for one. */
function entries({ tokens, experts, features, data }: ArrayValue, expert: number, token?: number): number[] {
  const e = experts === 1 ? 0 : expert;
  const all = Array.from({ length: tokens }, (_, t) =>
    Array.from(data.subarray((t * experts + e) * features, (t * experts + e + 1) * features)),
  );
  return token === undefined ? all.flat() : all[tokens === 1 ? 0 : token]!;
}
