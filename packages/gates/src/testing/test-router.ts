import { type ArrayValue, arrayInput, arrayOps, getRouter, type Router, replicate } from '@tfjs-moe/core';
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
import { testRouterTraits } from './router-traits.ts';

/** Options of `testRouter`: sizes, and what the router is known to do. */
export interface TestRouterOptions {
  /** Number of input features. Default 3. */
  readonly inputDim?: number;
  /** Standard deviation of the large inputs at which the score must be finite. Default 1e4. */
  readonly largest?: number;
}

const EXPERTS = 4;
const TOKENS = 10;
const DRAWS = 8;

/**
 * What every router promises: one finite score per expert and token, from that expert's parameters and that token
 * alone, and no idle parameter.
 *
 * Tests a router against the contract, on plain arrays.
 */
export function testRouter(runner: Runner, router: Router, options: TestRouterOptions = {}): void {
  const { inputDim = 3, largest = 1e4 } = options;
  const { describe, test } = runner;
  const specs = replicate(router.params(inputDim), EXPERTS);
  const rows = drawnRows(TOKENS, inputDim, 1);

  function score(data: Readonly<Record<string, Float64Array>>, x = rows, by = router): ArrayValue {
    return by.logit(arrayOps, arrayInput(x), valuesOf(specs, data));
  }

  testPlugin(runner, router, getRouter);

  describe(`router ${router.kind}: contract`, () => {
    test('has well-formed parameters for any number of features', () => {
      assertSpecs(router.params(inputDim));
      assertSpecs(router.params(inputDim + 4));
    });

    test('returns one score per expert', () => {
      const { features, rows: inner, tokens, experts } = score(drawnData(specs, 1));
      assert(features === 1 && inner === 1, `a score has ${features} features`);
      assert(tokens === TOKENS || tokens === 1, `there are scores for ${tokens} tokens instead of ${TOKENS}`);
      assert(experts === EXPERTS, `there are scores for ${experts} experts instead of ${EXPERTS}`);
    });

    test('is finite at ordinary, large and zero inputs', () => {
      for (const scale of [1, largest, 0]) {
        const scores = score(drawnData(specs, 2), drawnRows(TOKENS, inputDim, 2, scale));
        assertFinite(scores.data, `scores at inputs of scale ${scale}`);
      }
    });

    test('is restored from its config with the same scores', () => {
      const data = drawnData(specs, 3);
      const again = getRouter(JSON.parse(JSON.stringify(router.config)));
      assertClose(score(data, rows, again).data, score(data).data, 'restored scores', 0);
    });

    test("scores each expert with that expert's parameters alone", () => {
      const data = drawnData(specs, 4);
      const before = score(data);
      for (const [name, { copies }] of Object.entries(specs)) {
        if (copies !== EXPERTS) continue;
        const changed = Float64Array.from(data[name]!);
        for (let i = 0; i < changed.length / copies; i++) changed[i] = changed[i]! + 1;
        const after = score({ ...data, [name]: changed });
        const others = (_: number, i: number) => i % EXPERTS !== 0;
        assertClose(after.data.filter(others), before.data.filter(others), `others when ${name} changes`, 0);
      }
    });

    test('scores each token by that token alone', () => {
      const data = drawnData(specs, 5);
      const together = score(data);
      rows.forEach((row, t) => {
        const first = together.tokens === 1 ? 0 : t * EXPERTS;
        const scores = together.data.subarray(first, first + EXPERTS);
        assertClose(scores, score(data, [row]).data, `token ${t} in a batch and alone`, 0);
      });
    });

    test('has no idle parameter', () => {
      for (const [name, values] of Object.entries(drawnData(specs, 0))) {
        for (let i = 0; i < values.length; i++) {
          assert(matters(name, i), `number ${i} of ${name} changes no score`);
        }
      }
    });
  });

  testRouterTraits(runner, router, inputDim);

  function matters(name: string, index: number): boolean {
    for (let seed = 0; seed < DRAWS; seed++) {
      const data = drawnData(specs, seed);
      const before = score(data).data;
      const values = data[name]!;
      values[index] = values[index]! + 0.3;
      if (score(data).data.some((value, i) => value !== before[i])) return true;
    }
    return false;
  }
}
