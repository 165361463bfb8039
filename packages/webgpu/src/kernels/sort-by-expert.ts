import type { TensorInfo } from '@tensorflow/tfjs-core';
import { SORT_BY_EXPERT } from '@tfjs-moe/core/kernels';
import { runProgram } from '../program.ts';
import { defineKernel, type Kernel } from './kernel.ts';

const SCANNERS = 256;

/**
 * Stable counting sort of the selected pairs by expert, by prefix sums: the same rows in every run, which counters that
 * threads race for would not give.
 *
 * Tokens are counted in blocks of about $\sqrt T$, so that what a pair adds up to find its row, the blocks before its own
 * and the tokens before it in the block, grows with $\sqrt T$. There is a row for each of the K places of each token;
 * places that stay empty are rows behind those of the last expert, without token and cell.
 */
export const sortByExpert: Kernel = defineKernel<
  { readonly selected: TensorInfo },
  { readonly perToken: number }
>(SORT_BY_EXPERT, ({ inputs: { selected }, attrs: { perToken }, backend }) => {
  const [tokens, experts] = selected.shape as [number, number];
  const rows = tokens * perToken;
  const block = Math.max(16, 2 ** Math.round(Math.log2(Math.max(tokens, 1)) / 2));
  const blocks = Math.ceil(tokens / block);
  const uniforms = { tokens, experts, perToken, rows, block, blocks };

  const counts = runProgram(backend, {
    name: `${SORT_BY_EXPERT}_counts`,
    inputs: { selected },
    shape: [blocks, experts],
    dtype: 'int32',
    uniforms,
    text: `
    fn main(index : i32) {
      let experts = uniforms.experts;
      if (index >= uniforms.blocks * experts) { return; }
      let first = index / experts * uniforms.block;
      var count = 0;
      for (var t = first; t < min(first + uniforms.block, uniforms.tokens); t++) {
        if (f32(selected[t * experts + index % experts]) != 0.0) { count++; }
      }
      result[index] = count;
    }`,
  });
  const offsets = runProgram(backend, {
    name: `${SORT_BY_EXPERT}_offsets`,
    inputs: { counts },
    shape: [experts + 1],
    dtype: 'int32',
    uniforms,
    workgroup: [SCANNERS, 1],
    threads: SCANNERS,
    text: `
    var<workgroup> sums : array<i32, ${SCANNERS}>;
    fn total(expert : i32) -> i32 {
      var sum = 0;
      for (var b = 0; b < uniforms.blocks; b++) { sum += counts[b * uniforms.experts + expert]; }
      return sum;
    }
    fn main(index : i32) {
      let share = (uniforms.experts + ${SCANNERS - 1}) / ${SCANNERS};
      let first = min(index * share, uniforms.experts);
      let last = min(first + share, uniforms.experts);
      var own = 0;
      for (var e = first; e < last; e++) { own += total(e); }
      sums[index] = own;
      workgroupBarrier();
      var start = 0;
      for (var i = 0; i < index; i++) { start += sums[i]; }
      for (var e = first; e < last; e++) {
        result[e] = start;
        start += total(e);
      }
      if (index == ${SCANNERS - 1}) { result[uniforms.experts] = start; }
    }`,
  });
  const row = runProgram(backend, {
    name: `${SORT_BY_EXPERT}_rows`,
    inputs: { selected, counts, offsets },
    shape: [tokens, perToken],
    dtype: 'int32',
    uniforms,
    threads: tokens,
    text: `
    fn main(index : i32) {
      if (index >= uniforms.tokens) { return; }
      let experts = uniforms.experts;
      let own = index / uniforms.block;
      var place = 0;
      for (var e = 0; e < experts; e++) {
        if (f32(selected[index * experts + e]) == 0.0 || place == uniforms.perToken) { continue; }
        var row = offsets[e];
        for (var b = 0; b < own; b++) { row += counts[b * experts + e]; }
        for (var t = own * uniforms.block; t < index; t++) {
          if (f32(selected[t * experts + e]) != 0.0) { row++; }
        }
        result[index * uniforms.perToken + place] = row;
        place++;
      }
      for (; place < uniforms.perToken; place++) { result[index * uniforms.perToken + place] = -1; }
    }`,
  });
  backend.disposeData(counts.dataId);
  /** Of each row the number of its cell over `per`, -1 for rows of nobody. */
  const ofRows = (per: number): TensorInfo =>
    runProgram(backend, {
      name: `${SORT_BY_EXPERT}_cells`,
      inputs: { selected, row, offsets },
      shape: [rows],
      dtype: 'int32',
      uniforms: { ...uniforms, per },
      text: `
      fn main(index : i32) {
        let experts = uniforms.experts;
        if (index < uniforms.tokens) {
          var place = 0;
          for (var e = 0; e < experts; e++) {
            if (f32(selected[index * experts + e]) == 0.0 || place == uniforms.perToken) { continue; }
            result[row[index * uniforms.perToken + place]] = (index * experts + e) / uniforms.per;
            place++;
          }
        }
        if (index < uniforms.rows && index >= offsets[experts]) { result[index] = -1; }
      }`,
    });
  const [token, cell] = [ofRows(experts), ofRows(1)];
  return [offsets, token, cell, row];
});
