import { expectKnownOptions, MoeError } from '@tfjs-moe/core';
import { defineFamily, type FamilyFactory } from './define-family.ts';
import { expectRows, isCount } from './spread.ts';

/**
 * Multinomial family: a class from 0, whose logits are the expert's outputs, $\log f = h_y - \log \sum_c e^{h_c}$.
 *
 * For categories without an order. One class's logits are the reference, since a shift of all changes nothing.
 *
 * Source: Jordan and Jacobs, "Hierarchical Mixtures of Experts and the EM Algorithm" (1994).
 */
export const multinomial: FamilyFactory<[options?: Record<string, never>]> = /* @__PURE__ */ defineFamily(
  'multinomial',
  (options = {}) => {
    expectKnownOptions('multinomial', options, []);
    const meanless = () => {
      throw new MoeError('multinomial', 'a class has no mean and no variance');
    };
    return {
      config: {},
      link: 'logit',
      isDiscrete: true,
      support: 'classes',
      isClass: true,
      expectResponse: (who, observed) =>
        expectRows(who, observed, 'be classes, integers of at least 0', isCount),
      onLinkScale: ({ response }) => response,
      columns: ({ response }, classes = 1) => ({
        units: classes,
        room: (rows) => ({
          log: new Float64Array(rows),
          slopes: Array.from({ length: classes }, () => new Float64Array(rows)),
          curvatures: Array.from({ length: (classes * (classes + 1)) / 2 }, () => new Float64Array(rows)),
        }),
        evaluate(outputs, { first, rows }, _lambda, { log, slopes, curvatures }, derivatives) {
          for (let i = 0; i < rows; i++) {
            const own = response[first + i]!;
            let largest = -Infinity;
            for (const { value } of outputs) if (value[i]! > largest) largest = value[i]!;
            let sum = 0;
            for (let c = 0; c < classes; c++) {
              const term = Math.exp(outputs[c]!.value[i]! - largest);
              slopes[c]![i] = term;
              sum += term;
            }
            log[i] = outputs[own]!.value[i]! - largest - Math.log(sum);
            if (!derivatives) continue;
            let next = 0;
            for (let c = 0; c < classes; c++) {
              const p = slopes[c]![i]! / sum;
              for (let d = 0; d < c; d++)
                (curvatures[next++] as Float64Array)[i] = -p * (slopes[d]![i]! / sum);
              (curvatures[next++] as Float64Array)[i] = p * (1 - p);
            }
            for (let c = 0; c < classes; c++) slopes[c]![i] = (c === own ? 1 : 0) - slopes[c]![i]! / sum;
          }
        },
      }),
      image: {
        name: 'the sum of s_c P(y = c) over all classes but the last',
        arguments: (classes) => classes - 1,
        of(ops, h, s, { classes }) {
          const odds = ops.exp(h);
          const ones = ops.take(ops.constant(1), new Array<number>(classes - 1).fill(0));
          return ops.div(ops.dot(odds, s), ops.add(ops.constant(1), ops.dot(odds, ones)));
        },
        kernel: (y, s) => s[y] ?? 0,
      },
      mean: meanless,
      variance: meanless,
      tails({ outputs }, y) {
        const logits = Array.from(outputs);
        const largest = Math.max(...logits);
        const terms = logits.map((value) => Math.exp(value - largest));
        const total = terms.reduce((sum, term) => sum + term, 0);
        const part = (from: number, to: number) =>
          terms.slice(from, to).reduce((sum, term) => sum + term, 0) / total;
        return [part(0, y), part(y, y + 1), part(y + 1, terms.length)];
      },
      draw({ outputs }, random) {
        const logits = Array.from(outputs);
        const largest = Math.max(...logits);
        const masses = logits.map((value) => Math.exp(value - largest));
        let rest = random.uniform() * masses.reduce((sum, mass) => sum + mass, 0);
        for (let c = 0; c < masses.length - 1; c++) {
          rest -= masses[c]!;
          if (rest < 0) return c;
        }
        return masses.length - 1;
      },
    };
  },
);
