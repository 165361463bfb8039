/**
 * Sorting tokens by expert: a stable counting sort of the selected (token, expert) pairs of a table [tokens, experts].
 */
import { at, least } from './address';

/** offsets[e + 1] = number of tokens that selected one of the experts 0, ..., e; returns the number of pairs. */
export function countSelected(selected: usize, tokens: i32, experts: i32, offsets: usize): i32 {
  memory.fill(offsets, 0, (<usize>experts + 1) << 2);
  for (let t = 0; t < tokens; t++) {
    for (let first = 0; first < experts; first += WORD) {
      for (let word = selectedFrom(selected, first, experts); word != 0; word &= word - 1) {
        const count = at(offsets, first + <i32>ctz(word));
        store<i32>(count, load<i32>(count, 4) + 1, 4);
      }
    }
    selected = at(selected, experts);
  }
  let total = 0;
  for (let e = 1; e <= experts; e++) {
    total += load<i32>(at(offsets, e));
    store<i32>(at(offsets, e), total);
  }
  return total;
}

/**
 * Fills token and cell [rows], and row [tokens, perToken] with -1 where a token has fewer experts than that.
 * @param offsets as countSelected left them; afterwards offsets[e] is where expert e ends
 */
export function sortSelected(
  selected: usize, tokens: i32, experts: i32, perToken: i32, offsets: usize, token: usize, cell: usize, row: usize,
): void {
  for (let t = 0; t < tokens; t++) {
    let found = 0;
    for (let first = 0; first < experts; first += WORD) {
      for (let word = selectedFrom(selected, first, experts); word != 0; word &= word - 1) {
        const e = first + <i32>ctz(word), next = at(offsets, e), r = load<i32>(next);
        store<i32>(next, r + 1);
        store<i32>(at(token, r), t);
        store<i32>(at(cell, r), t * experts + e);
        if (found < perToken) store<i32>(at(row, found), r);
        found++;
      }
    }
    for (; found < perToken; found++) store<i32>(at(row, found), -1);
    selected = at(selected, experts);
    row = at(row, perToken);
  }
}

const WORD: i32 = 64;

/**
 * Up to 64 experts of a token as bits, 1 where selected. Every token has as many of them, mostly, wherever they are: a
 * processor foresees a loop over the bits, and not one over the experts.
 */
// @ts-ignore: decorator
@inline function selectedFrom(selected: usize, first: i32, experts: i32): u64 {
  const count = least(experts - first, WORD), nothing = f32x4.splat(0);
  let word: u64 = 0, e = 0;
  selected = at(selected, first);
  for (; e + 4 <= count; e += 4) {
    word |= <u64>i32x4.bitmask(f32x4.ne(v128.load(at(selected, e)), nothing)) << <u64>e;
  }
  for (; e < count; e++) word |= <u64>(load<f32>(at(selected, e)) != 0) << <u64>e;
  return word;
}
