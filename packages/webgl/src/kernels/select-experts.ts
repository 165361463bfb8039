import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { SelectionAttributes, SelectionGradientInputs, SelectionInputs } from '@tfjs-moe/core/backends';
import { SELECT_EXPERTS, SELECT_EXPERTS_GRADIENT } from '@tfjs-moe/core/kernels';
import { FEW_EXPERTS } from '../few-experts.ts';
import { runProgram } from '../program.ts';
import { defineKernel, type Kernel } from './kernel.ts';
import { chooseLargest } from './top-k-masks.ts';

/**
 * Selected experts and weights of each token, from the token's choices, -1 for none, and what its weights are made with. Of
 * many experts a first program finds these, so that they are not looked for once for every expert.
 */
export const selectExperts: Kernel = defineKernel<SelectionInputs<TensorInfo>, SelectionAttributes>(
  SELECT_EXPERTS,
  ({ inputs: { logits, selectionBias, mask }, attrs, backend }) => {
    const [tokens, experts] = logits.shape as [number, number];
    const { k, isSigmoid, byWeights, divides, scale } = attrs;
    const isShared = divides || !isSigmoid;
    const bySoftmax = byWeights && !isSigmoid;
    const score = bySoftmax ? 'exp(z - ofRow.x) / ofRow.y' : byWeights ? 'sigmoid(z)' : 'z';
    const given = { logits, ...(selectionBias && { selectionBias }), ...(mask && { mask }) };
    const find = `
      ${logWeight(isSigmoid)}
      bool everyone(int token, int e) { return true; }
      ${reduced('softmaxOf', 'everyone', experts)}
      vec2 ofRow;
      float scoreAt(int token, int e) {
        float z = logitsAt(token, e);
        return ${score}${selectionBias ? ' + selectionBiasAt(e, 0)' : ''};
      }
      ${chooseLargest(experts, k)}
      bool isChosen(int token, int e) {
        for (int i = 0; i < ${k}; i++) { if (chosen[i] == e) return true; }
        return false;
      }
      ${reduced('softmaxOfChosen', 'isChosen', experts)}
      vec2 found;
      void find(int token) {
        found = vec2(1.0);
        for (int i = 0; i < ${k}; i++) chosen[i] = -1;
        ${mask ? 'if (maskAt(token, 0) == 0.0) return;' : ''}
        ${bySoftmax ? 'ofRow = softmaxOf(token);' : ''}
        choose(token);
        found = ${divides ? 'softmaxOfChosen' : 'softmaxOf'}(token);
        if (${!isShared} && !isnan(found.x)) found = vec2(0.0, 1.0);
        ${selectionBias ? `for (int e = 0; e < ${experts}; e++) { if (isnan(selectionBiasAt(e, 0))) found = vec2(NAN); }` : ''}
      }`;
    const findings =
      experts > FEW_EXPERTS
        ? runProgram(backend, {
            inputs: given,
            shape: [tokens, k + 2],
            text: `
            ${find}
            ${ofToken}
            float value(int token, int column) {
              ofToken(token);
              if (column < ${k}) return float(chosen[column]);
              return column == ${k} ? found.x : found.y;
            }`,
          })
        : undefined;
    const inputs = findings ? { findings, logits } : given;
    const text = `
      ${
        findings
          ? `
      ${logWeight(isSigmoid)}
      int chosen[${k}];
      vec2 found;
      void find(int token) {
        for (int i = 0; i < ${k}; i++) chosen[i] = int(findingsAt(token, i));
        found = vec2(findingsAt(token, ${k}), findingsAt(token, ${k + 1}));
      }`
          : find
      }
      ${ofToken}
      bool isSelected(int expert) {
        for (int i = 0; i < ${k}; i++) { if (chosen[i] == expert) return true; }
        return false;
      }`;
    const selected = runProgram(backend, {
      inputs,
      shape: [tokens, experts],
      text: `
      ${text}
      float value(int token, int expert) {
        ofToken(token);
        return isSelected(expert) ? 1.0 : 0.0;
      }`,
    });
    const weights = runProgram(backend, {
      inputs,
      shape: [tokens, experts],
      text: `
      ${text}
      float value(int token, int expert) {
        ofToken(token);
        if (isnan(found.x)) return NAN;
        if (!isSelected(expert)) return 0.0;
        float z = logitsAt(token, expert);
        return ${float(scale)} * ${isShared ? 'exp(logWeight(z) - found.x) / found.y' : 'sigmoid(z)'};
      }`,
    });
    if (findings) backend.disposeData(findings.dataId);
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
    const given = { logits, selected, dy };
    // Of each token what its softmax is made with, the mean slope under it, and whether it is routed: padding is not.
    const find = `
      bool counts(int token, int e) { return ${divides ? 'selectedAt(token, e) != 0.0' : 'true'}; }
      ${reduced('softmaxOf', 'counts', experts)}
      vec4 found;
      void find(int token) {
        found = vec4(1.0, 1.0, 1.0, 0.0);
        for (int e = 0; e < ${experts}; e++) { if (selectedAt(token, e) != 0.0) found.w = 1.0; }
        if (found.w == 0.0) return;
        vec2 softmax = softmaxOf(token);
        if (${!isShared} && !isnan(softmax.x)) softmax = vec2(0.0, 1.0);
        float mean = 0.0;
        for (int e = 0; e < ${experts}; e++) {
          if (selectedAt(token, e) != 0.0)
            mean += exp(logWeight(logitsAt(token, e)) - softmax.x) / softmax.y * dyAt(token, e);
        }
        found = vec4(softmax, mean, 1.0);
      }`;
    const findings =
      experts > FEW_EXPERTS
        ? runProgram(backend, {
            inputs: given,
            shape: [tokens, 4],
            text: `
            ${logWeight(isSigmoid)}
            ${find}
            ${ofToken}
            float value(int token, int column) {
              ofToken(token);
              return found[column];
            }`,
          })
        : undefined;
    const y = runProgram(backend, {
      inputs: { ...given, ...(findings && { findings }) },
      shape: [tokens, experts],
      text: `
      ${logWeight(isSigmoid)}
      ${findings ? 'vec4 found; void find(int token) { found = vec4(findingsPair(token, 0), findingsPair(token, 2)); }' : find}
      ${ofToken}
      float value(int token, int expert) {
        ofToken(token);
        if (found.w == 0.0) return 0.0;
        if (isnan(found.x)) return NAN;
        bool isSelected = selectedAt(token, expert) != 0.0;
        float slope = isSelected ? dyAt(token, expert) : 0.0;
        if (${divides} && !isSelected) return 0.0;
        float z = logitsAt(token, expert);
        float change = ${
          isShared ? 'exp(logWeight(z) - found.x) / found.y * (slope - found.z)' : 'slope * sigmoid(z)'
        };
        return ${float(scale)} * change ${isSigmoid ? '* sigmoid(-z)' : ''};
      }`,
    });
    if (findings) backend.disposeData(findings.dataId);
    return y;
  },
);

/** Text that finds what is of a token once for all numbers that a texel has of it. */
const ofToken = `
  int atToken = -1;
  void ofToken(int token) {
    if (token != atToken) find(token);
    atToken = token;
  }`;

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
      float z = logitsAt(token, e);
      if (isnan(z)) return vec2(NAN);
      if (${counts}(token, e)) largest = max(largest, logWeight(z));
    }
    if (abs(largest) > 3.3e38) return vec2(NAN);
    for (int e = 0; e < ${experts}; e++) {
      if (${counts}(token, e)) total += exp(logWeight(logitsAt(token, e)) - largest);
    }
    return vec2(largest, total);
  }`;

/** A number as the text of a shader has it. */
function float(value: number): string {
  return value.toExponential();
}
