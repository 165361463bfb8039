/**
 * Comparisons, maximum and minimum of two tables, either of which may be broadcast along its rows or its columns: entry
 * (i, j) of an operand lies outerStep i + innerStep j numbers from its beginning, and a step may be 0.
 */
import { at } from './address';

// Numbers of the operations, as the JavaScript side knows them.
const EQUAL: i32 = 0, NOT_EQUAL: i32 = 1, GREATER: i32 = 2, GREATER_EQUAL: i32 = 3, LESS: i32 = 4, LESS_EQUAL: i32 = 5;
const MAXIMUM: i32 = 6;

/** out [outer, inner]: bytes 0 or 1 for comparisons, floats for maximum (6) and minimum (7). */
export function binary(
  operation: i32, a: usize, aOuter: i32, aInner: i32, b: usize, bOuter: i32, bInner: i32, out: usize, outer: i32, inner: i32,
): void {
  for (let i = 0; i < outer; i++) {
    if (operation == EQUAL) compareRow(EQUAL, a, aInner, b, bInner, out, inner);
    else if (operation == NOT_EQUAL) compareRow(NOT_EQUAL, a, aInner, b, bInner, out, inner);
    else if (operation == GREATER) compareRow(GREATER, a, aInner, b, bInner, out, inner);
    else if (operation == GREATER_EQUAL) compareRow(GREATER_EQUAL, a, aInner, b, bInner, out, inner);
    else if (operation == LESS) compareRow(LESS, a, aInner, b, bInner, out, inner);
    else if (operation == LESS_EQUAL) compareRow(LESS_EQUAL, a, aInner, b, bInner, out, inner);
    else extremeRow(operation == MAXIMUM, a, aInner, b, bInner, out, inner);
    a = at(a, aOuter);
    b = at(b, bOuter);
    out += operation < MAXIMUM ? <usize>inner : <usize>inner << 2;
  }
}

// @ts-ignore: decorator
@inline function compareRow(OPERATION: i32, a: usize, aInner: i32, b: usize, bInner: i32, out: usize, inner: i32): void {
  for (let j = 0; j < inner; j++) {
    const x = load<f32>(a), y = load<f32>(b);
    let holds: bool;
    if (OPERATION == EQUAL) holds = x == y;
    else if (OPERATION == NOT_EQUAL) holds = x != y;
    else if (OPERATION == GREATER) holds = x > y;
    else if (OPERATION == GREATER_EQUAL) holds = x >= y;
    else if (OPERATION == LESS) holds = x < y;
    else holds = x <= y;
    store<u8>(out + <usize>j, holds ? 1 : 0);
    a = at(a, aInner);
    b = at(b, bInner);
  }
}

/** As `std::max` and `std::min` of the stock kernels: the first operand unless the second is beyond it, NaN included. */
// @ts-ignore: decorator
@inline function extremeRow(maximum: bool, a: usize, aInner: i32, b: usize, bInner: i32, out: usize, inner: i32): void {
  let j = 0;
  if (bInner <= 1 && aInner == 1) {
    for (; j + 4 <= inner; j += 4) {
      const x = v128.load(at(a, j)), y = bInner ? v128.load(at(b, j)) : v128.load_splat<f32>(b);
      v128.store(at(out, j), maximum ? f32x4.pmax(x, y) : f32x4.pmin(x, y));
    }
  }
  for (; j < inner; j++) {
    const x = load<f32>(at(a, j * aInner)), y = load<f32>(at(b, j * bInner));
    store<f32>(at(out, j), (maximum ? x < y : y < x) ? y : x);
  }
}
