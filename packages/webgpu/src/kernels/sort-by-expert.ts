import type { TensorInfo } from '@tensorflow/tfjs-core';
import { SORT_BY_EXPERT } from '@tfjs-moe/core/kernels';
import { runProgram } from '../program.ts';
import { defineKernel, type Kernel } from './kernel.ts';

const SCANNERS = 256;

const isSelected = `
  fn isSelected(token : i32, e : i32) -> bool { return f32(selected[token * uniforms.experts + e]) != 0.0; }`;

/** Of each place of a token its row, or of each row its cell. */
const placesText = `
  ${isSelected}
  fn rowOf(token : i32, e : i32) -> i32 {
    let own = token / uniforms.block;
    var found = offsets[e];
    for (var b = 0; b < own; b++) { found += counts[b * uniforms.experts + e]; }
    for (var t = own * uniforms.block; t < token; t++) { if (isSelected(t, e)) { found++; } }
    return found;
  }
  fn main(index : i32) {
    let ofRows = uniforms.ofRows != 0;
    if (index < uniforms.tokens) {
      var place = 0;
      for (var e = 0; e < uniforms.experts; e++) {
        if (!isSelected(index, e) || place == uniforms.perToken) { continue; }
        let at = index * uniforms.perToken + place;
        if (ofRows) {
          result[row[at]] = (index * uniforms.experts + e) / uniforms.per;
        } else {
          result[at] = rowOf(index, e);
        }
        place++;
      }
      if (!ofRows) {
        for (; place < uniforms.perToken; place++) { result[index * uniforms.perToken + place] = -1; }
      }
    }
    if (ofRows && index < uniforms.rows && index >= offsets[uniforms.experts]) { result[index] = -1; }
  }`;

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
    ${isSelected}
    fn main(index : i32) {
      if (index >= uniforms.blocks * uniforms.experts) { return; }
      let first = index / uniforms.experts * uniforms.block;
      var count = 0;
      for (var t = first; t < min(first + uniforms.block, uniforms.tokens); t++) {
        if (isSelected(t, index % uniforms.experts)) { count++; }
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
  /** One program for rows, tokens and cells, for it takes long to compile: what a part does not read is bound all the same. */
  const run = (row: TensorInfo | undefined, shape: readonly [number, number], per: number) =>
    runProgram(backend, {
      name: `${SORT_BY_EXPERT}_places`,
      inputs: { selected, counts, offsets, row: row ?? counts },
      shape,
      dtype: 'int32',
      uniforms: { ...uniforms, ofRows: row ? 1 : 0, per },
      threads: row ? rows : tokens,
      text: placesText,
    });
  const row = run(undefined, [tokens, perToken], 1);
  /** Of each row the number of its cell over `per`, -1 for rows of nobody. */
  const ofRows = (per: number): TensorInfo => ({ ...run(row, [rows, 1], per), shape: [rows] });
  const [token, cell] = [ofRows(experts), ofRows(1)];
  backend.disposeData(counts.dataId);
  return [offsets, token, cell, row];
});
