/**
 * The largest numbers of each row, as masks: what a top-K gate selects.
 */
import { at } from './address';

/** What NaN and minus infinity count as: below every score of a router, above the mark of what is taken. */
const LOWEST: f32 = -3e38;
const TAKEN: f32 = -Infinity;

/**
 * masks[c][row, :] is 1 where the row has its (c + 1)th largest score, the first of equal ones, and 0 elsewhere.
 * @param masks `choices` addresses of [rows, size]
 * @param open room for `size` floats
 */
export function topKMasks(scores: usize, rows: i32, size: i32, choices: i32, masks: usize, open: usize): void {
  const bytes = <usize>size << 2;
  for (let c = 0; c < choices; c++) memory.fill(load<usize>(at(masks, c)), 0, <usize>rows * bytes);
  for (let row: usize = 0; row < <usize>rows; row++) {
    for (let e = 0; e < size; e++) {
      const score = load<f32>(at(scores, e));
      // False for NaN.
      store<f32>(at(open, e), score > LOWEST ? score : LOWEST);
    }
    for (let c = 0; c < choices && c < size; c++) {
      let best = 0, most = load<f32>(open);
      for (let e = 1; e < size; e++) {
        const score = load<f32>(at(open, e));
        if (score > most) {
          most = score;
          best = e;
        }
      }
      store<f32>(at(open, best), TAKEN);
      store<f32>(at(load<usize>(at(masks, c)) + row * bytes, best), 1);
    }
    scores += bytes;
  }
}
