import type { TensorInfo } from '@tensorflow/tfjs-core';
import { MoeError } from '@tfjs-moe/core';
import { SORT_BY_EXPERT } from '@tfjs-moe/core/kernels';
import { expertOfRow } from '../expert-of-row.ts';
import { runProgram } from '../program.ts';
import { rememberCells } from '../sorted-cells.ts';
import { defineKernel, type Kernel } from './kernel.ts';

/** Textures hold integers as floats. */
const MOST = 2 ** 24;

/**
 * Stable counting sort of the selected pairs by expert, where every number looks itself up: shaders of WebGL do not write to
 * where they like.
 *
 * Tokens are counted in blocks of about $\sqrt T$, so that a row finds its token, and a token its rows, in as many steps.
 * There is a row for each of the K places of each token; places that stay empty are rows behind those of the last expert,
 * without token and cell.
 * @throws MoeError for more pairs of a token and an expert than the floats of a texture can number
 */
export const sortByExpert: Kernel = defineKernel<
  { readonly selected: TensorInfo },
  { readonly perToken: number }
>(SORT_BY_EXPERT, ({ inputs: { selected }, attrs: { perToken }, backend }) => {
  const [tokens, experts] = selected.shape as [number, number];
  if (tokens * experts > MOST) {
    const rule = `tokens times experts must be at most ${MOST} on webgl; use smaller batches`;
    throw new MoeError(SORT_BY_EXPERT, rule, tokens * experts);
  }
  const rows = tokens * perToken;
  const block = Math.max(4, 2 ** Math.round(Math.log2(Math.max(tokens, 1)) / 2));
  const blocks = Math.ceil(tokens / block);

  const counts = runProgram(backend, {
    inputs: { selected },
    shape: [blocks, experts],
    dtype: 'int32',
    text: `
    float value(int own, int e) {
      float count = 0.0;
      for (int i = 0; i < ${block}; i++) {
        int t = own * ${block} + i;
        if (t < ${tokens} && selectedAt(t, e) != 0.0) count++;
      }
      return count;
    }`,
  });
  const offsets = runProgram(backend, {
    inputs: { counts },
    shape: [experts + 1],
    dtype: 'int32',
    text: `
    float value(int expert) {
      float start = 0.0;
      for (int e = 0; e < expert; e++) {
        for (int b = 0; b < ${blocks}; b++) start += countsAt(b, e);
      }
      return start;
    }`,
  });
  const row = runProgram(backend, {
    inputs: { selected, counts, offsets },
    shape: [tokens, perToken],
    dtype: 'int32',
    text: `
    float value(int token, int place) {
      int expert = -1;
      for (int e = 0; e < ${experts}; e++) {
        if (selectedAt(token, e) != 0.0) {
          if (place == 0) { expert = e; break; }
          place--;
        }
      }
      if (expert < 0) return -1.0;
      int own = token / ${block};
      float found = offsetsAt(expert);
      for (int b = 0; b < own; b++) found += countsAt(b, expert);
      for (int t = own * ${block}; t < token; t++) { if (selectedAt(t, expert) != 0.0) found++; }
      return found;
    }`,
  });
  const cell = runProgram(backend, {
    inputs: { selected, counts, offsets },
    shape: [rows],
    dtype: 'int32',
    text: `
    ${expertOfRow(experts)}
    float value(int index) {
      int expert = expertOf(index);
      if (expert >= ${experts}) return -1.0;
      int left = index - offsetOf(expert);
      int own = 0;
      for (; own < ${blocks}; own++) {
        int count = int(countsAt(own, expert));
        if (left < count) break;
        left -= count;
      }
      for (int t = own * ${block}; t < ${tokens}; t++) {
        if (selectedAt(t, expert) != 0.0) {
          if (left == 0) return float(t * ${experts} + expert);
          left--;
        }
      }
      return -1.0;
    }`,
  });
  backend.disposeData(counts.dataId);
  const token = runProgram(backend, {
    inputs: { cells: cell },
    shape: [rows],
    dtype: 'int32',
    text: `
    float value(int index) {
      int own = int(cellsAt(index));
      return own < 0 ? -1.0 : float(own / ${experts});
    }`,
  });
  rememberCells(offsets, cell);
  return [offsets, token, cell, row];
});
