import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { SelectionAttributes, SelectionGradientInputs, SelectionInputs } from '@tfjs-moe/core/backends';
import { SELECT_EXPERTS, SELECT_EXPERTS_GRADIENT } from '@tfjs-moe/core/kernels';
import { runProgram, type WebGpu } from '../program.ts';
import { defineKernel, type Kernel } from './kernel.ts';
import { findLargest } from './top-k-masks.ts';

/** Selected experts and weights of each token. */
export const selectExperts: Kernel = defineKernel<SelectionInputs<TensorInfo>, SelectionAttributes>(
  SELECT_EXPERTS,
  ({ inputs, attrs, backend }) => {
    const selected = run(backend, inputs, attrs, 'selected');
    return [selected, run(backend, { ...inputs, selected }, attrs, 'weights')];
  },
);

/** The gradient of the weights to the logits; the selection is a constant. */
export const selectExpertsGradient: Kernel = defineKernel<
  SelectionGradientInputs<TensorInfo>,
  SelectionAttributes
>(SELECT_EXPERTS_GRADIENT, ({ inputs, attrs, backend }) => run(backend, inputs, attrs, 'slopes'));

type Inputs = Pick<SelectionInputs<TensorInfo>, 'logits'> &
  Partial<SelectionInputs<TensorInfo> & SelectionGradientInputs<TensorInfo>>;

/**
 * What is selected, the weights of that, or where there is a gradient to them that to the logits: one program for all, for it
 * takes long to compile. A thread has a token.
 */
function run(
  backend: WebGpu,
  { logits, selected, selectionBias, mask, dy }: Inputs,
  { k, isSigmoid, byWeights, divides, scale }: SelectionAttributes,
  part: 'selected' | 'weights' | 'slopes',
): TensorInfo {
  const [tokens, experts] = logits.shape as [number, number];
  return runProgram(backend, {
    name: `${SELECT_EXPERTS}_${scale}`,
    inputs: {
      logits,
      // Something is bound where there is none, and not read.
      selected: selected ?? logits,
      dy: dy ?? logits,
      selectionBias: selectionBias ?? { ...logits, shape: [experts, 1] },
      mask: mask ?? { ...logits, shape: [tokens, 1] },
    },
    shape: [tokens, experts],
    uniforms: {
      ...{ tokens, experts, k, byWeights: byWeights ? 1 : 0, isSigmoid: isSigmoid ? 1 : 0 },
      ...{ divides: divides ? 1 : 0, biased: selectionBias ? 1 : 0, hasPadding: mask ? 1 : 0 },
      ...{ selects: part === 'selected' ? 1 : 0, hasSlopes: part === 'slopes' ? 1 : 0 },
    },
    threads: tokens,
    text: `
      ${weightFunctions}
      ${selectText}
      ${weighText(scale)}
      fn main(index : i32) {
        if (index >= uniforms.tokens) { return; }
        if (uniforms.selects != 0) { selectOf(index); } else { weighOf(index); }
      }`,
  });
}

/**
 * `largest` and `total`, by which exponentials are divided, of the logits of the row that begins at `start`, and whether
 * they are `sound`: of the selected experts alone where the weights are divided by their sum.
 */
const reduceRow = (divides: string): string => `
    var largest = -uniforms.INFINITY;
    var sound = true;
    for (var e = 0; e < experts; e++) {
      let z = f32(logits[start + e]);
      if (isnan(z)) { sound = false; }
      if (${divides}) { largest = max(largest, logWeight(z)); }
    }
    let isBounded = abs(largest) < 3.4e38;
    var total = 0.0;
    if (sound && isBounded) {
      for (var e = 0; e < experts; e++) {
        if (${divides}) { total += exp(logWeight(f32(logits[start + e])) - largest); }
      }
    }`;

/** The logarithm of a weight, and that weight of its own. */
const weightFunctions = `
  fn logWeight(z : f32) -> f32 {
    if (uniforms.isSigmoid == 0) { return z; }
    return min(z, 0.0) - log(1.0 + exp(-abs(z)));
  }
  fn sigmoid(z : f32) -> f32 { return exp(min(z, 0.0)) / (1.0 + exp(-abs(z))); }`;

const selectText = `
  ${findLargest}
  fn selectOf(index : i32) {
    let experts = uniforms.experts;
    let start = index * experts;
    for (var e = 0; e < experts; e++) { result[start + e] = 0.0; }
    if (uniforms.hasPadding != 0 && f32(mask[index]) == 0.0) { return; }
    largestOfRow = 0.0;
    totalOfRow = 1.0;
    if (uniforms.byWeights != 0 && uniforms.isSigmoid == 0) {
      ${reduceRow('true')}
      largestOfRow = largest;
      totalOfRow = select(uniforms.NAN, total, sound && isBounded);
    }
    var place = -1;
    var bound = 0.0;
    for (var turn = 0; turn < uniforms.k; turn++) {
      let found = nextLargest(start, experts, place, bound);
      if (found.place < 0) { break; }
      result[start + found.place] = 1.0;
      place = found.place;
      bound = found.score;
    }
  }
  var<private> largestOfRow : f32;
  var<private> totalOfRow : f32;
  fn scoreAt(at : i32) -> f32 {
    let z = f32(logits[at]);
    if (uniforms.byWeights == 0) { return z; }
    var weight = sigmoid(z);
    if (uniforms.isSigmoid == 0) { weight = exp(z - largestOfRow) / totalOfRow; }
    if (uniforms.biased != 0) { weight += f32(selectionBias[at % uniforms.experts]); }
    return weight;
  }`;

const weighText = (scale: number): string => `
  fn weighOf(index : i32) {
    let experts = uniforms.experts;
    let start = index * experts;
    let isShared = uniforms.divides != 0 || uniforms.isSigmoid == 0;
    ${reduceRow('uniforms.divides == 0 || f32(selected[start + e]) != 0.0')}
    if (isShared && !isBounded) { sound = false; }
    if (uniforms.biased != 0) {
      for (var e = 0; e < experts; e++) { if (isnan(f32(selectionBias[e]))) { sound = false; } }
    }
    var isRouted = false;
    var mean = 0.0;
    for (var e = 0; e < experts; e++) {
      if (f32(selected[start + e]) == 0.0) { continue; }
      isRouted = true;
      if (isShared) { mean += exp(logWeight(f32(logits[start + e])) - largest) / total * f32(dy[start + e]); }
    }
    for (var e = 0; e < experts; e++) {
      let z = f32(logits[start + e]);
      let isSelected = f32(selected[start + e]) != 0.0;
      var weight = sigmoid(z);
      if (isShared) { weight = exp(logWeight(z) - largest) / total; }
      var y = select(0.0, weight, isSelected);
      if (uniforms.hasSlopes != 0) {
        var slope = 0.0;
        if (isSelected) { slope = f32(dy[start + e]); }
        if (isShared) { slope -= mean; }
        if (uniforms.divides != 0 && !isSelected) { slope = 0.0; }
        y = weight * slope;
        if (uniforms.isSigmoid != 0) { y *= sigmoid(-z); }
        if (slope == 0.0) { y = 0.0; }
      }
      result[start + e] = select(select(0.0, y * ${float(scale)}, isRouted), uniforms.NAN, isRouted && !sound);
    }
  }`;

/** A number as the text of a shader has it. */
function float(value: number): string {
  return value.toExponential();
}
