import { arrayInput, arrayOps, stream } from '@tfjs-moe/core';
import { assert, type Runner } from '@tfjs-moe/core/testing';
import type { Family, Observed, ResponseLaw } from '../family/family.ts';
import type { LawRoom } from '../family/law-columns.ts';

/** What a family's suite is told. */
export interface FamilyUnderTest {
  /** Responses that the family gives some probability to, small and large ones. */
  readonly responses: readonly number[];
  /** Responses that it must refuse. */
  readonly impossible: readonly number[];
  /** Outputs to try. Default -1.5, 0, 0.4 and 2. */
  readonly outputs?: readonly number[];
  /** Dispersions to try, of a family that has one. Default 0.5, 1 and 4. */
  readonly dispersions?: readonly number[];
  /** Of a binomial response. Default none. */
  readonly trials?: number;
  /** Of a class. Default none. */
  readonly classes?: number;
  /** Between which responses all but a trillionth of the probability lies, for those outputs. */
  readonly reach: readonly [low: number, high: number];
  /** Whether mean and variance exist. Default true. */
  readonly hasMoments?: boolean;
}

const STEP = 1e-5;

/**
 * The contract of a family: its derivatives are those of its logarithms, its law has the mass 1 and the mean, the variance and
 * the tails that it says, what it draws follows it, and it refuses what it gives no probability to.
 */
export function testFamily({ describe, test }: Runner, family: Family, under: FamilyUnderTest): void {
  const { responses, impossible, outputs = [-1.5, 0, 0.4, 2], trials, classes, hasMoments = true } = under;
  const dispersions = family.dispersion === undefined ? [1] : (under.dispersions ?? [0.5, 1, 4]);
  const observedOf = (values: readonly number[]): Observed => ({
    response: Float64Array.from(values),
    trials: trials === undefined ? undefined : new Float64Array(values.length).fill(trials),
    weights: new Float64Array(values.length).fill(1),
  });
  const units = classes ?? 1;
  /** Outputs of one expert: of classes further ones, some way from the first. */
  const spread = (h: number) => Array.from({ length: units }, (_, u) => h * (1 - 0.7 * u));
  const evaluated = (
    values: readonly number[],
    h: readonly number[],
    dispersion: number,
    derivatives = true,
  ): LawRoom => {
    const columns = family.columns(observedOf(values), classes);
    const room = columns.room(values.length);
    const block = { first: 0, rows: values.length };
    const parts = h.map((value) => ({ value: new Float64Array(values.length).fill(value) }));
    columns.evaluate(parts, block, Math.log(dispersion), room, derivatives);
    return room;
  };
  const each = (run: (h: readonly number[], dispersion: number) => void) => {
    for (const h of outputs) for (const dispersion of dispersions) run(spread(h), dispersion);
  };
  const lawOf = (h: readonly number[], dispersion: number): ResponseLaw => ({
    outputs: h,
    dispersion,
    trials: trials ?? 1,
  });
  const isClose = (found: number, wanted: number, within: number, what: string) =>
    assert(
      Math.abs(found - wanted) <= within * Math.max(1, Math.abs(wanted)),
      `${what} is ${found}, where differences say ${wanted}`,
    );

  describe(`family ${family.kind}`, () => {
    test('its logarithms do not depend on whether derivatives are asked for', () => {
      each((h, dispersion) => {
        const [asked, alone] = [true, false].map((both) => evaluated(responses, h, dispersion, both).log);
        responses.forEach((_, i) => {
          isClose(asked![i]!, alone![i]!, 1e-14, 'the logarithm');
        });
      });
    });

    test('its slopes and curvatures are those of its logarithms', () => {
      each((h, dispersion) => {
        const here = evaluated(responses, h, dispersion);
        h.forEach((_, u) => {
          const [up, down] = [STEP, -STEP].map((step) =>
            evaluated(
              responses,
              h.map((value, v) => (v === u ? value + step : value)),
              dispersion,
            ),
          );
          responses.forEach((y, i) => {
            const slope = (up!.log[i]! - down!.log[i]!) / (2 * STEP);
            isClose(here.slopes[u]![i]!, slope, 1e-6, `the slope at ${y}`);
            for (let v = 0; v <= u; v++) {
              const bend = -(up!.slopes[v]![i]! - down!.slopes[v]![i]!) / (2 * STEP);
              isClose(
                numberAt(here.curvatures[(u * (u + 1)) / 2 + v]!, i),
                bend,
                1e-6,
                `the curvature at ${y}`,
              );
            }
          });
        });
      });
    });

    if (family.dispersion !== undefined) {
      test('its derivatives by the dispersion are those of its logarithms', () => {
        each((h, dispersion) => {
          const here = evaluated(responses, h, dispersion);
          const [up, down] = [STEP, -STEP].map((step) =>
            evaluated(responses, h, dispersion * Math.exp(step)),
          );
          responses.forEach((y, i) => {
            const { slope, curvature, cross } = here.dispersion!;
            const ratio = (of: (room: LawRoom) => number) => (of(up!) - of(down!)) / (2 * STEP);
            isClose(
              slope[i]!,
              ratio(({ log }) => log[i]!),
              1e-6,
              `the slope by the dispersion at ${y}`,
            );
            const bend = ratio(({ dispersion: own }) => own!.slope[i]!);
            isClose(curvature[i]!, bend, 1e-6, `the curvature by the dispersion at ${y}`);
            isClose(
              cross[i]!,
              ratio(({ slopes }) => slopes[0]![i]!),
              1e-6,
              `the mixed derivative at ${y}`,
            );
          });
        });
      });
    }

    test('its scoring is never negative', () => {
      each((h, dispersion) => {
        const { curvatures, scoring = curvatures } = evaluated(responses, h, dispersion);
        responses.forEach((y, i) => {
          assert(numberAt(scoring[0]!, i) >= 0, `scoring is negative at ${y}`);
        });
      });
    });

    test('its law has mass 1, and its tails, mean and variance are those of its logarithms', () => {
      const nodes = nodesOf(family, under);
      each((h, dispersion) => {
        const { log } = evaluated(nodes.at, h, dispersion, false);
        const sum = (of: (y: number) => number) =>
          nodes.at.reduce((total, y, i) => total + nodes.weights[i]! * Math.exp(log[i]!) * of(y), 0);
        isClose(
          sum(() => 1),
          1,
          1e-7,
          'the mass',
        );
        const law = lawOf(h, dispersion);
        for (const y of responses) {
          const [below, at, above] = family.tails(law, y);
          isClose(below + at + above, 1, 1e-12, `the sum of the parts at ${y}`);
          if (!family.isDiscrete) continue;
          const summed = sum((other) => Number(other < y));
          isClose(below, summed, 1e-7, `the probability below ${y}`);
          isClose(at, Math.exp(evaluated([y], h, dispersion, false).log[0]!), 1e-10, `that of ${y}`);
        }
        if (!family.isDiscrete) {
          // Between two nodes, where the sum and the law have the same interval.
          const middle = Math.floor(nodes.at.length / 2);
          const below = nodes.at
            .slice(0, middle)
            .reduce((total, _, i) => total + nodes.weights[i]! * Math.exp(log[i]!), 0);
          isClose(family.tails(law, nodes.edge(middle))[0], below, 1e-6, 'the distribution function');
        }
        if (family.isClass === true || !hasMoments) return;
        const mean = sum((y) => y);
        isClose(family.mean(law), mean, 1e-6, 'the mean');
        isClose(
          family.variance(law),
          sum((y) => (y - mean) ** 2),
          1e-5,
          'the variance',
        );
      });
    });

    for (const image of [family.image, family.imageBeside]) {
      if (image === undefined) continue;
      test(`${image.name} is that of its law`, () => {
        const nodes = nodesOf(family, under, 20_000);
        const imageAt = (h: readonly number[], dispersion: number, s: readonly number[]) => {
          const own = h.length === 1 ? h : h.slice(0, -1).map((value) => value - h.at(-1)!);
          const number = image.dispersion?.of(dispersion);
          const { data } = image.of(arrayOps, arrayInput([own]), arrayInput([s]), {
            dispersion: number === undefined ? undefined : arrayOps.constant(number),
            trials: trials ?? 1,
            classes: units,
          });
          return data[0]!;
        };
        // A transform of a law with heavy tails needs small arguments.
        const points = [-0.3, 0.1, 0.35].map((s) =>
          Array.from({ length: image.arguments(units) }, (_, i) => s * (1 - 0.4 * i)),
        );
        each((h, dispersion) => {
          if (image.kernel === undefined) {
            const ratio = (at: number) =>
              evaluated([at], h, dispersion, false).log[0]! - Math.log(imageAt(h, dispersion, [at]));
            for (const [s] of points) isClose(ratio(s!), ratio(0), 1e-12, 'the constant factor');
            return;
          }
          const { log } = evaluated(nodes.at, h, dispersion, false);
          for (const s of points) {
            const sum = nodes.at.reduce(
              (total, y, i) => total + nodes.weights[i]! * Math.exp(log[i]!) * image.kernel!(y, s),
              0,
            );
            isClose(imageAt(h, dispersion, s), sum, 1e-6, `the image at ${s}`);
          }
        });
      });
    }

    test('what it draws follows it', () => {
      const random = stream(1, 'testFamily', family.kind);
      const law = lawOf(spread(outputs.at(-1)!), dispersions[0]!);
      const count = 4000;
      let below = 0;
      for (let i = 0; i < count; i++) {
        const y = family.draw(law, random);
        const [less, at] = family.tails(law, y);
        below += less + random.uniform() * at < 0.3 ? 1 : 0;
      }
      const deviation = Math.sqrt(0.21 / count);
      assert(Math.abs(below / count - 0.3) < 4.5 * deviation, `${below / count} of the draws lie below 0.3`);
    });

    test('it refuses what it gives no probability to, and nothing else', () => {
      family.expectResponse('testFamily', observedOf(responses));
      for (const y of impossible) {
        let isRefused = false;
        try {
          family.expectResponse('testFamily', observedOf([...responses, y]));
        } catch {
          isRefused = true;
        }
        assert(isRefused, `${y} is not refused`);
      }
    });
  });
}

const numberAt = (column: Float64Array | number, i: number) =>
  typeof column === 'number' ? column : column[i]!;

/** Where a law is summed: every response of a count, the middles of small intervals of a density. */
function nodesOf(
  { isDiscrete }: Family,
  { reach: [low, high] }: FamilyUnderTest,
  steps = 200_000,
): { readonly at: number[]; readonly weights: number[]; edge(index: number): number } {
  if (isDiscrete) {
    const at = Array.from({ length: high - low + 1 }, (_, i) => low + i);
    return { at, weights: at.map(() => 1), edge: (index) => at[index]! };
  }
  // Of positive numbers, intervals whose ends have one ratio; of all numbers, those of a hyperbolic sine.
  const edge = (index: number) =>
    low > 0
      ? low * (high / low) ** (index / steps)
      : Math.sinh(Math.asinh(low) + (index / steps) * (Math.asinh(high) - Math.asinh(low)));
  const at = Array.from({ length: steps }, (_, i) => edge(i + 0.5));
  return { at, weights: at.map((_, i) => edge(i + 1) - edge(i)), edge };
}
