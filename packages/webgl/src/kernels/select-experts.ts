import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { SelectionAttributes, SelectionGradientInputs, SelectionInputs } from '@tfjs-moe/core/backends';
import { SELECT_EXPERTS, SELECT_EXPERTS_GRADIENT } from '@tfjs-moe/core/kernels';
import { runProgram } from '../program.ts';
import { defineKernel, type Kernel } from './kernel.ts';
import { chooseLargest } from './top-k-masks.ts';

/**
 * Selected experts and weights of each token. A first program finds for each token its choices, -1 for none, and what its
 * weights are made with, so that nothing is looked for once for every expert.
 */
export const selectExperts: Kernel = defineKernel<SelectionInputs<TensorInfo>, SelectionAttributes>(
  SELECT_EXPERTS,
  ({ inputs: { logits, selectionBias, mask }, attrs, backend }) => {
    const [tokens, experts] = logits.shape as [number, number];
    const { k, isSigmoid, byWeights, divides, scale } = attrs;
    const isShared = divides || !isSigmoid;
    const bySoftmax = byWeights && !isSigmoid;
    const score = bySoftmax ? 'exp(z - ofRow.x) / ofRow.y' : byWeights ? 'sigmoid(z)' : 'z';
    const findings = runProgram(backend, {
      inputs: { logits, ...(selectionBias && { selectionBias }), ...(mask && { mask }) },
      shape: [tokens, k + 2],
      text: `
      ${logWeight(isSigmoid)}
      bool everyone(int token, int e) { return true; }
      ${reduced('softmaxOf', 'everyone', experts)}
      vec2 ofRow;
      float scoreAt(int token, int e) {
        float z = getLogits(token, e);
        return ${score}${selectionBias ? ' + getSelectionBias(e, 0)' : ''};
      }
      ${chooseLargest(experts, k)}
      bool isChosen(int token, int e) {
        for (int i = 0; i < ${k}; i++) { if (chosen[i] == e) return true; }
        return false;
      }
      ${reduced('softmaxOfChosen', 'isChosen', experts)}
      float value(int token, int column) {
        ${mask ? `if (getMask(token, 0) == 0.0) return column < ${k} ? -1.0 : 1.0;` : ''}
        ${bySoftmax ? 'ofRow = softmaxOf(token);' : ''}
        choose(token);
        if (column < ${k}) return float(chosen[column]);
        vec2 found = ${divides ? 'softmaxOfChosen' : 'softmaxOf'}(token);
        if (${!isShared} && !isnan(found.x)) found = vec2(0.0, 1.0);
        ${selectionBias ? `for (int e = 0; e < ${experts}; e++) { if (isnan(getSelectionBias(e, 0))) found = vec2(NAN); }` : ''}
        return column == ${k} ? found.x : found.y;
      }`,
    });
    const isSelected = `
      bool isSelected(int token, int expert) {
        for (int i = 0; i < ${k}; i++) { if (int(getFindings(token, i)) == expert) return true; }
        return false;
      }`;
    const selected = runProgram(backend, {
      inputs: { findings },
      shape: [tokens, experts],
      text: `
      ${isSelected}
      float value(int token, int expert) { return isSelected(token, expert) ? 1.0 : 0.0; }`,
    });
    const weights = runProgram(backend, {
      inputs: { findings, logits },
      shape: [tokens, experts],
      text: `
      ${logWeight(isSigmoid)}
      ${isSelected}
      float value(int token, int expert) {
        float largest = getFindings(token, ${k});
        if (isnan(largest)) return NAN;
        if (!isSelected(token, expert)) return 0.0;
        float z = getLogits(token, expert);
        return ${float(scale)} * ${isShared ? `exp(logWeight(z) - largest) / getFindings(token, ${k + 1})` : 'sigmoid(z)'};
      }`,
    });
    backend.disposeData(findings.dataId);
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
    // Of each token what its softmax is made with, and the mean slope under it; nothing for padding.
    const findings = runProgram(backend, {
      inputs: { logits, selected, dy },
      shape: [tokens, 4],
      text: `
      ${logWeight(isSigmoid)}
      bool counts(int token, int e) { return ${divides ? 'getSelected(token, e) != 0.0' : 'true'}; }
      ${reduced('softmaxOf', 'counts', experts)}
      float value(int token, int column) {
        bool isRouted = false;
        for (int e = 0; e < ${experts}; e++) { if (getSelected(token, e) != 0.0) isRouted = true; }
        if (column == 3) return isRouted ? 1.0 : 0.0;
        if (!isRouted) return 1.0;
        vec2 found = softmaxOf(token);
        if (${!isShared} && !isnan(found.x)) found = vec2(0.0, 1.0);
        if (column < 2) return column == 0 ? found.x : found.y;
        float mean = 0.0;
        for (int e = 0; e < ${experts}; e++) {
          if (getSelected(token, e) != 0.0)
            mean += exp(logWeight(getLogits(token, e)) - found.x) / found.y * getDy(token, e);
        }
        return mean;
      }`,
    });
    const y = runProgram(backend, {
      inputs: { findings, logits, selected, dy },
      shape: [tokens, experts],
      text: `
      ${logWeight(isSigmoid)}
      float value(int token, int expert) {
        float largest = getFindings(token, 0);
        if (getFindings(token, 3) == 0.0) return 0.0;
        if (isnan(largest)) return NAN;
        bool isSelected = getSelected(token, expert) != 0.0;
        float slope = isSelected ? getDy(token, expert) : 0.0;
        if (${divides} && !isSelected) return 0.0;
        float z = getLogits(token, expert);
        float change = ${
          isShared
            ? 'exp(logWeight(z) - largest) / getFindings(token, 1) * (slope - getFindings(token, 2))'
            : 'slope * sigmoid(z)'
        };
        return ${float(scale)} * change ${isSigmoid ? '* sigmoid(-z)' : ''};
      }`,
    });
    backend.disposeData(findings.dataId);
    return y;
  },
);

/** Text of the logarithm of a weight, and of that weight where it is its own. */
const logWeight = (isSigmoid: boolean): string => `
  float sigmoid(float z) { return exp(min(z, 0.0)) / (1.0 + exp(-abs(z))); }
  float logWeight(float z) { return ${isSigmoid ? 'min(z, 0.0) - log(1.0 + exp(-abs(z)))' : 'z'}; }`;

/**
 * Text of a function of a token: the largest logarithm among experts of whom `counts` is true, and what the exponentials
 * add up to after it; NaN where one of the token's logits is, or the largest is no number.
 */
const reduced = (name: string, counts: string, experts: number): string => `
  vec2 ${name}(int token) {
    float largest = -3.4e38;
    float total = 0.0;
    for (int e = 0; e < ${experts}; e++) {
      float z = getLogits(token, e);
      if (isnan(z)) return vec2(NAN);
      if (${counts}(token, e)) largest = max(largest, logWeight(z));
    }
    if (abs(largest) > 3.3e38) return vec2(NAN);
    for (int e = 0; e < ${experts}; e++) {
      if (${counts}(token, e)) total += exp(logWeight(getLogits(token, e)) - largest);
    }
    return vec2(largest, total);
  }`;

/** A number as the text of a shader has it. */
function float(value: number): string {
  return value.toExponential();
}
