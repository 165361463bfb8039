import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { ProductAttributes, ProductInputs } from '@tfjs-moe/core/backends';
import { GROUPED_MAT_MUL } from '@tfjs-moe/core/kernels';
import type { WebGl } from '../backend.ts';
import { expertOfRow } from '../expert-of-row.ts';
import { runProgram } from '../program.ts';
import { cellsOf } from '../sorted-cells.ts';
import { withGroups } from '../with-groups.ts';
import { defineKernel, type Kernel } from './kernel.ts';

/** So many pairs of the inner axis are in the text of a loop, whose counting costs as much as one of them. */
const AT_ONCE = 4;

/**
 * How many rows of texels lie beside each other for so many rows of an expert. Software goes through a texture in strips of two
 * rows, every sixteenth in turn, so that each strip of an expert brings its kernel from memory again; the more of its rows
 * a strip has, the fewer strips. A GPU goes through squares, in which rows beyond an expert's would be of others.
 */
const rowsBeside = (rowsPerExpert: number): number =>
  2 ** Math.min(3, Math.max(0, Math.floor(Math.log2(rowsPerExpert / 8))));

/**
 * Rows sorted by expert times one kernel per expert, with the bias of each expert where there is one, and ReLU if asked for.
 *
 * A texel has two numbers of two rows, and looks the experts of both up: mostly they are one. Where rows come from the sort of
 * this package their cells say it, and otherwise offsets are searched.
 * @param bias `'rows'`: the bias has a row for every expert; `'column'`: it is a column, of one expert alone
 */
export function product(
  backend: WebGl,
  { x, kernels, bias }: ProductInputs<TensorInfo>,
  { offsets, transpose, relu = false }: ProductAttributes<TensorInfo>,
  biasIs: 'rows' | 'column' = 'rows',
): TensorInfo {
  const [rows, depth] = x.shape as [number, number];
  const experts = kernels.shape[0]!;
  const columns = kernels.shape[transpose ? 1 : 2]!;
  const down = Math.ceil((transpose ? columns : depth) / 2);
  const pairs = Math.floor(depth / 2);
  const whole = pairs - (pairs % AT_ONCE);
  const kernelAt = (k: string) =>
    transpose ? `kernelsTexel(first + across, ${k}).xzyw` : `kernelsTexel(first + ${k}, across)`;
  const both = (k: string) => `
          a = xTexel(down, ${k});
          b = ${kernelAt(k)};
          sum += a.xxzz * b.xyxy;
          sum += a.yyww * b.zwzw;`;
  const biasOf = (expert: string) =>
    biasIs === 'rows' ? `biasPair(${expert}, place.y)` : 'biasTexel(place.y / 2, 0).xz';
  const cells = cellsOf(backend, offsets.tensor);
  const isSorted = cells?.shape[0] === rows;
  const run = (groups: Readonly<Record<string, TensorInfo>>, expertsOf: string) =>
    runProgram(backend, {
      inputs: { x, kernels, ...groups, ...(bias && { bias }) },
      shape: [rows, columns],
      of: 'texels',
      beside: experts > 1 ? rowsBeside(rows / experts) : 1,
      text: `
      ${expertsOf}
      float positive(float z) { return z < 0.0 ? 0.0 : z; }
      vec4 productWith(int expert, int down, int across, int pairs, bool isWanted) {
        vec4 sum = vec4(0.0);
        vec4 a;
        vec4 b;
        int first = expert * ${down};
        for (int k = 0; k < pairs; k += ${AT_ONCE}) {
          ${Array.from({ length: AT_ONCE }, (_, i) => both(`k + ${i}`)).join('')}
        }
        if (isWanted) {
          ${Array.from({ length: pairs % AT_ONCE }, (_, i) => both(String(whole + i))).join('')}
          ${depth % 2 === 1 ? `sum += xTexel(down, ${pairs}).xxzz * ${kernelAt(String(pairs))}.xyxy;` : ''}
        }
        return sum;
      }
      void main() {
        ivec2 place = getOutputCoords();
        ivec2 found = expertsOf(place.x);
        int upper = found.x;
        int lower = found.y;
        int own = clamp(upper, 0, ${experts - 1});
        int next = clamp(lower, 0, ${experts - 1});
        vec4 sum = productWith(own, place.x / 2, place.y / 2, ${whole}, true);
        // Where experts meet, the lower row is another's.
        vec4 other = productWith(next, place.x / 2, place.y / 2, next == own ? 0 : ${whole}, next != own);
        if (next != own) sum.zw = other.zw;
        ${bias ? `sum += vec4(${biasOf('own')}, ${biasOf('next')});` : ''}
        ${relu ? 'sum = vec4(positive(sum.x), positive(sum.y), positive(sum.z), positive(sum.w));' : ''}
        if (upper != own) sum.xy = vec2(0.0);
        if (lower != next || place.x + 1 >= ${rows}) sum.zw = vec2(0.0);
        if (place.y + 1 >= ${columns}) sum.yw = vec2(0.0);
        setOutput(sum);
      }`,
    });
  if (isSorted) return run({ cells }, expertsByCell(experts));
  return withGroups(backend, offsets, (groups, ends) => run({ ...groups }, expertsBySearch(experts, ends)));
}

/** Text of `expertsOf(row)`: those of an even row and of the next, -1 before the first expert and `experts` behind the last. */
const expertsBySearch = (experts: number, ends?: readonly number[]): string => `
  ${expertOfRow(experts, ends)}
  ivec2 expertsOf(int row) {
    int upper = expertOf(row);
    int lower = upper;
    while (lower < ${experts} && offsetOf(lower + 1) <= row + 1) lower++;
    return ivec2(upper, lower);
  }`;

/** The same of rows whose cells are known, which are at most those of the experts. */
const expertsByCell = (experts: number): string => `
  int expertAt(float cell) { return cell < 0.0 ? ${experts} : int(cell) % ${experts}; }
  ivec2 expertsOf(int row) {
    vec4 both = cellsTexel(0, row / 2);
    return ivec2(expertAt(both.x), expertAt(both.y));
  }`;

/** The product of rows of several experts. */
export const groupedMatMul: Kernel = defineKernel<ProductInputs<TensorInfo>, ProductAttributes<TensorInfo>>(
  GROUPED_MAT_MUL,
  ({ inputs, attrs, backend }) => product(backend, inputs, attrs),
);
