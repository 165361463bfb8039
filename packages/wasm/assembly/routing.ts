/**
 * Sorting tokens by expert: a stable counting sort of the selected (token, expert) pairs of a table [tokens, experts].
 */
import { at } from './address';

/** offsets[e + 1] = number of tokens that selected one of the experts 0, ..., e; returns the number of pairs. */
export function countSelected(selected: usize, tokens: i32, experts: i32, offsets: usize): i32 {
  memory.fill(offsets, 0, (<usize>experts + 1) << 2);
  for (let t = 0; t < tokens; t++) {
    for (let e = nextSelected(selected, 0, experts); e < experts; e = nextSelected(selected, e + 1, experts)) {
      const count = at(offsets, e);
      store<i32>(count, load<i32>(count, 4) + 1, 4);
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
    for (let e = nextSelected(selected, 0, experts); e < experts; e = nextSelected(selected, e + 1, experts)) {
      const next = at(offsets, e), r = load<i32>(next);
      store<i32>(next, r + 1);
      store<i32>(at(token, r), t);
      store<i32>(at(cell, r), t * experts + e);
      if (found < perToken) store<i32>(at(row, found), r);
      found++;
    }
    for (; found < perToken; found++) store<i32>(at(row, found), -1);
    selected = at(selected, experts);
    row = at(row, perToken);
  }
}

/** The first selected expert from `e` on, or `experts`. Most of a wide row is zeros: four are looked at together. */
// @ts-ignore: decorator
@inline function nextSelected(selected: usize, e: i32, experts: i32): i32 {
  while (e < experts) {
    if (e + 4 <= experts && !v128.any_true(v128.load(at(selected, e)))) {
      e += 4;
      continue;
    }
    if (load<f32>(at(selected, e)) != 0) break;
    e++;
  }
  return e;
}
