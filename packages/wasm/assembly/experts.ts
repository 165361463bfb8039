/**
 * The experts of a layer in one call: y[token] += weight h_e(x[token]) over rows sorted by expert, where h is a list of
 * affine maps, products and sums. The results of one expert stay in the caches: no row of x is copied for experts with few
 * of them, and there is no table of all hidden numbers.
 */
import { activate } from './activations';
import { at, least } from './address';
import { fewRows, MOST_FEW } from './few-rows';
import { fewConsecutive, product } from './grouped-product';
import { copyRun } from './moving';
import { addScaledRow } from './rows';
import { STRIP } from './workspace';

// Numbers of the instructions, as the JavaScript side knows them.
const AFFINE: i32 = 0, MULTIPLY: i32 = 1;
/** Numbers of one instruction. */
const WORDS: i32 = 8;

/**
 * @param x [., depth]
 * @param offsets [experts + 1]; token and weight of each row
 * @param program `instructions` times eight numbers: operation, address of the result, address of what it is made from (0
 *   for x), then of an affine map the address of all kernels, that of all biases or 0, depth, units and activation; of a
 *   product or sum the address of the other factor, 0, the width twice and 0
 * @param most rows that are computed together, for which every result has room, and `gathered` for rows of x
 * @param y [tokens, units]
 */
export function expertsForward(
  x: usize, tokens: i32, depth: i32, offsets: usize, experts: i32, token: usize, weight: usize, program: usize,
  instructions: i32, most: i32, gathered: usize, y: usize, units: i32, workspace: usize,
): void {
  const bytes = <usize>depth << 2, unitBytes = <usize>units << 2;
  memory.fill(y, 0, <usize>tokens * unitBytes);
  const result = load<usize>(at(program, (instructions - 1) * WORDS), 4);
  const streams = allStream(program, instructions);
  for (let e = 0; e < experts; e++) {
    const end = load<i32>(at(offsets, e), 4);
    for (let r = load<i32>(at(offsets, e)); r < end; r += most) {
      const rows = least(most, end - r), own = at(token, r);
      const few = rows <= MOST_FEW && streams;
      if (!few) {
        for (let i = 0; i < rows; i++) copyRun(x + <usize>load<i32>(at(own, i)) * bytes, gathered + <usize>i * bytes, bytes);
      }
      for (let i = 0; i < instructions; i++) {
        run(at(program, i * WORDS), e, rows, few, x, gathered, own, workspace);
      }
      addRows(result, own, at(weight, r), y, rows, unitBytes);
    }
  }
}

function addRows(from: usize, token: usize, weight: usize, y: usize, rows: i32, bytes: usize): void {
  for (let i = 0; i < rows; i++) {
    addScaledRow(from + <usize>i * bytes, load<f32>(at(weight, i)), y + <usize>load<i32>(at(token, i)) * bytes, bytes);
  }
}

/** y[token[r], :] = sum of weight[r] x[r, :]; x is [rows, units], y [tokens, units]. */
export function addWeightedRows(
  x: usize, token: usize, weight: usize, y: usize, tokens: i32, rows: i32, units: i32,
): void {
  const bytes = <usize>units << 2;
  memory.fill(y, 0, <usize>tokens * bytes);
  addRows(x, token, weight, y, rows, bytes);
}

/** Whether all affine maps take rows as they lie, and nothing else looks at x. */
function allStream(program: usize, instructions: i32): bool {
  for (let i = 0; i < instructions; i++) {
    const own = at(program, i * WORDS);
    const isAffine = load<i32>(own) == AFFINE;
    if (isAffine ? (load<i32>(own, 24) & 3) != 0 : load<usize>(own, 8) == 0 || load<usize>(own, 12) == 0) return false;
  }
  return true;
}

function run(own: usize, expert: i32, rows: i32, few: bool, x: usize, gathered: usize, token: usize, workspace: usize): void {
  const operation = load<i32>(own), out = load<usize>(own, 4), from = load<usize>(own, 8), other = load<usize>(own, 12);
  const depth = load<i32>(own, 20), units = load<i32>(own, 24);
  const a = from ? from : gathered;
  if (operation != AFFINE) {
    combineAll(operation == MULTIPLY, a, other ? other : gathered, out, rows * units);
    return;
  }
  const biases = load<usize>(own, 16), bias: usize = biases ? biases + (<usize>expert * <usize>units << 2) : 0;
  const kernel = other + (<usize>expert * <usize>depth * <usize>units << 2);
  if (few && !from) {
    const rowsOfX = workspace + STRIP, to = at(rowsOfX, MOST_FEW);
    for (let i = 0; i < rows; i++) {
      store<usize>(at(rowsOfX, i), x + (<usize>load<i32>(at(token, i)) * <usize>depth << 2));
      store<usize>(at(to, i), at(out, i * units));
    }
    fewRows(rowsOfX, rows, kernel, bias, to, depth, units);
  } else if (few || (rows <= MOST_FEW && (units & 3) == 0)) fewConsecutive(a, rows, kernel, bias, out, depth, units, workspace);
  else product(a, rows, kernel, bias, out, depth, units, false, false, workspace);
  activate(load<i32>(own, 28), out, rows * units);
}

/** out = a b, or a + b, number by number. */
export function combineAll(multiplies: bool, a: usize, b: usize, out: usize, size: i32): void {
  const end = at(out, size & ~3);
  for (; out < end; out += 16) {
    const left = v128.load(a), right = v128.load(b);
    v128.store(out, multiplies ? f32x4.mul(left, right) : f32x4.add(left, right));
    a += 16;
    b += 16;
  }
  for (let left = size & 3; left > 0; left--) {
    store<f32>(out, multiplies ? load<f32>(a) * load<f32>(b) : load<f32>(a) + load<f32>(b));
    out += 4;
    a += 4;
    b += 4;
  }
}
