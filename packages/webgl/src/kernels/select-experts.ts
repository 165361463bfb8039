import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { SelectionAttributes, SelectionGradientInputs, SelectionInputs } from '@tfjs-moe/core/backends';
import { SELECT_EXPERTS, SELECT_EXPERTS_GRADIENT } from '@tfjs-moe/core/kernels';
import { runProgram } from '../program.ts';
import { defineKernel, type Kernel } from './kernel.ts';

/**
 * Selected experts and weights of each token, by a program each and none before them: a texel has two experts of two tokens,
 * and looks at all experts of these tokens two by two. An expert is selected if fewer than K of its token's come before it.
 */
export const selectExperts: Kernel = defineKernel<SelectionInputs<TensorInfo>, SelectionAttributes>(
  SELECT_EXPERTS,
  ({ inputs: { logits, selectionBias, mask }, attrs, backend }) => {
    const [tokens, experts] = logits.shape as [number, number];
    const { k, isSigmoid, byWeights, divides, scale } = attrs;
    const isShared = divides || !isSigmoid;
    const bySoftmax = byWeights && !isSigmoid;
    const score = bySoftmax ? 'exp(z - largest) / total' : byWeights ? 'sigmoid(z)' : 'z';
    const of = divides ? 'selected' : 'all';
    const biased = selectionBias && { selectionBias };
    const selected = runProgram(backend, {
      inputs: { logits, ...biased, ...(mask && { mask }) },
      shape: [tokens, experts],
      of: 'texels',
      text: `
      ${weightOfLogit(isSigmoid)}
      ${bySoftmax ? reduced(experts, {}) : ''}
      // What lies beyond the edge comes after all that may be selected.
      vec4 scoresOf(int tokens, int two) {
        vec4 z = logitsTexel(tokens, two);
        vec4 score = ${score};
        ${selectionBias ? 'score += selectionBiasTexel(two, 0).xzxz;' : ''}
        score = mix(max(score, vec4(-3e38)), vec4(-3e38), isnan(score));
        return mix(vec4(-3.3e38), score, ${inside(experts)});
      }
      void main() {
        ivec2 place = getOutputCoords();
        int tokens = place.x / 2;
        ${bySoftmax ? 'reduce(tokens); total = mix(total, vec4(NAN), unsound);' : ''}
        vec4 own = scoresOf(tokens, place.y / 2);
        vec4 number = float(place.y) + vec4(0.0, 1.0, 0.0, 1.0);
        vec4 before = vec4(0.0);
        for (int two = 0; two < ${half(experts)}; two++) {
          vec4 others = scoresOf(tokens, two);
          vec4 isEarlier = vec4(lessThan(vec4(2 * two), number));
          before += vec4(greaterThan(others.xxzz, own)) + vec4(equal(others.xxzz, own)) * isEarlier;
          isEarlier = vec4(lessThan(vec4(2 * two + 1), number));
          before += vec4(greaterThan(others.yyww, own)) + vec4(equal(others.yyww, own)) * isEarlier;
        }
        vec4 y = vec4(lessThan(before, vec4(${k}.0)));
        ${mask ? 'y *= vec4(notEqual(maskTexel(tokens, 0).xxzz, vec4(0.0)));' : ''}
        ${finish(tokens, experts)}
      }`,
    });
    const weights = runProgram(backend, {
      inputs: { logits, selected, ...biased },
      shape: [tokens, experts],
      of: 'texels',
      text: `
      ${weightOfLogit(isSigmoid)}
      ${selection(experts)}
      ${reduced(experts, { of, isShared, bias: selectionBias && 'selectionBiasTexel(two, 0).xzxz' })}
      void main() {
        ivec2 place = getOutputCoords();
        int tokens = place.x / 2;
        reduce(tokens);
        vec4 z = logitsTexel(tokens, place.y / 2);
        vec4 weight = ${isShared ? 'exp(logWeight(z) - largest) / total' : 'sigmoid(z)'};
        vec4 y = mix(vec4(0.0), ${float(scale)} * weight, isSelected(tokens, place.y / 2));
        y = mix(vec4(0.0), mix(y, vec4(NAN), unsound), isRouted(tokens));
        ${finish(tokens, experts)}
      }`,
    });
    return [selected, weights];
  },
);

/** The gradient of the weights to the logits; the selection is a constant. */
export const selectExpertsGradient: Kernel = defineKernel<
  SelectionGradientInputs<TensorInfo>,
  SelectionAttributes
>(
  SELECT_EXPERTS_GRADIENT,
  ({ inputs: { logits, selected, dy }, attrs: { isSigmoid, divides, scale }, backend }) => {
    const [tokens, experts] = logits.shape as [number, number];
    const isShared = divides || !isSigmoid;
    return runProgram(backend, {
      inputs: { logits, selected, dy },
      shape: [tokens, experts],
      of: 'texels',
      text: `
      ${weightOfLogit(isSigmoid)}
      ${selection(experts)}
      ${reduced(experts, { of: divides ? 'selected' : 'all', isShared })}
      // The mean slope of a token under its softmax.
      vec4 meanSlope(int tokens) {
        vec4 sum = vec4(0.0);
        for (int two = 0; two < ${half(experts)}; two++) {
          vec4 part = exp(logWeight(logitsTexel(tokens, two)) - largest) * dyTexel(tokens, two);
          sum += mix(vec4(0.0), mix(vec4(0.0), part, isSelected(tokens, two)), ${inside(experts)});
        }
        return (sum + sum.yxwz) / total;
      }
      void main() {
        ivec2 place = getOutputCoords();
        int tokens = place.x / 2;
        int two = place.y / 2;
        reduce(tokens);
        vec4 z = logitsTexel(tokens, two);
        vec4 slope = mix(vec4(0.0), dyTexel(tokens, two), isSelected(tokens, two));
        vec4 y = ${
          isShared
            ? 'exp(logWeight(z) - largest) / total * (slope - meanSlope(tokens))'
            : 'slope * sigmoid(z)'
        };
        y *= ${float(scale)} ${isSigmoid ? '* sigmoid(-z)' : ''};
        ${divides ? 'y = mix(vec4(0.0), y, isSelected(tokens, two));' : ''}
        y = mix(vec4(0.0), mix(y, vec4(NAN), unsound), isRouted(tokens));
        ${finish(tokens, experts)}
      }`,
    });
  },
);

/** Text of two tokens' experts, two by two: whether these are experts, and not what lies beyond the edge. */
const inside = (experts: number): string =>
  experts % 2 === 0
    ? 'bvec4(true)'
    : `lessThan(2.0 * float(two) + vec4(0.0, 1.0, 0.0, 1.0), vec4(${experts}.0))`;

const half = (experts: number): number => Math.ceil(experts / 2);

/** Text that ends a program with its numbers `y`. */
const finish = (tokens: number, experts: number): string => `
        if (place.x + 1 >= ${tokens}) y.zw = vec2(0.0);
        if (place.y + 1 >= ${experts}) y.yw = vec2(0.0);
        setOutput(y);`;

/** Text of the logarithm of a weight, and of that weight where it is its own. */
const weightOfLogit = (isSigmoid: boolean): string => `
  vec4 sigmoid(vec4 z) { return exp(min(z, 0.0)) / (1.0 + exp(-abs(z))); }
  vec4 logWeight(vec4 z) { return ${isSigmoid ? 'min(z, 0.0) - log(1.0 + exp(-abs(z)))' : 'z'}; }`;

/**
 * Text of `reduce(tokens)`, which leaves of two tokens, each twice: the largest logarithm, what the exponentials add up to
 * after it, whether they are unsound, for a logit is NaN or the largest no number, and whether an expert is selected.
 */
function reduced(
  experts: number,
  {
    of = 'all',
    isShared = true,
    bias,
  }: {
    /** Whose exponentials are added. */
    readonly of?: 'all' | 'selected';
    /** Whether there is anything to divide by. */
    readonly isShared?: boolean;
    /** What makes all weights unsound where it is NaN, of the experts `two`. */
    readonly bias?: string | undefined;
  },
): string {
  const counts = of === 'selected' ? 'isSelected(tokens, two)' : 'bvec4(true)';
  return `
  vec4 largest;
  vec4 total;
  bvec4 unsound;
  void reduce(int tokens) {
    largest = vec4(-3.4e38);
    vec4 broken = vec4(0.0);
    for (int two = 0; two < ${half(experts)}; two++) {
      vec4 z = logitsTexel(tokens, two);
      broken += mix(vec4(0.0), vec4(isnan(z))${bias ? ` + vec4(isnan(${bias}))` : ''}, ${inside(experts)});
      vec4 own = mix(vec4(-3.4e38), logWeight(z), ${counts});
      largest = max(largest, mix(vec4(-3.4e38), own, ${inside(experts)}));
    }
    largest = max(largest, largest.yxwz);
    total = vec4(0.0);
    for (int two = 0; two < ${half(experts)}; two++) {
      vec4 own = mix(vec4(0.0), exp(logWeight(logitsTexel(tokens, two)) - largest), ${counts});
      total += mix(vec4(0.0), own, ${inside(experts)});
    }
    total += total.yxwz;
    broken += broken.yxwz;
    ${isShared ? 'broken += vec4(greaterThan(abs(largest), vec4(3.3e38)));' : ''}
    unsound = greaterThan(broken, vec4(0.0));
  }`;
}

/** Text of what is known of a selection: which of two experts of two tokens it has, and whether it has any of the tokens'. */
const selection = (experts: number): string => `
  bvec4 isSelected(int tokens, int two) { return notEqual(selectedTexel(tokens, two), vec4(0.0)); }
  bvec4 isRouted(int tokens) {
    vec4 count = vec4(0.0);
    for (int two = 0; two < ${half(experts)}; two++)
      count += mix(vec4(0.0), vec4(isSelected(tokens, two)), ${inside(experts)});
    return greaterThan(count + count.yxwz, vec4(0.0));
  }`;

/** A number as the text of a shader has it. */
function float(value: number): string {
  return value.toExponential();
}
