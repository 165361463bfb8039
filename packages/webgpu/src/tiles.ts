/**
 * Tiles: the pieces of a product that one workgroup computes, and the text that finds its own.
 *
 * A tile has rows of one expert only, so how many there are depends on data that no program on the processor knows. Not
 * more than `tilesAtMost`, though: so many workgroups start, each looks itself up in the offsets, and what finds no rows ends
 * at once. Rows before the first and after the last expert are tiles too, of nobody, whose numbers are 0. A program may have
 * some of the experts, from `uniforms.firstExpert` on; rows of others are no tiles of it.
 */
export interface Tile {
  readonly rows: number;
  readonly columns: number;
  /** How much of the inner axis is in workgroup memory at once. */
  readonly depth: number;
}

const large: Tile = { rows: 32, columns: 32, depth: 32 };
const small: Tile = { ...large, rows: 16 };

/** The tile for a number of rows per expert: small ones waste less on experts with few. */
export const tileFor = (rowsPerExpert: number): Tile => (rowsPerExpert < 40 ? small : large);

/** Threads of a workgroup: each computes 4 rows and 4 columns. */
const threadsOf = ({ rows, columns }: Tile): number => (rows * columns) / 16;

export const tilesAtMost = (rows: number, experts: number, tile: Tile): number =>
  Math.floor(rows / tile.rows) + experts + 2;

/** Workgroups in two directions where there are more than one direction may have. */
export function spread(groups: number, most: number): [number, number] {
  const second = Math.ceil(groups / most);
  return [Math.ceil(groups / second), second];
}

/**
 * Text that leaves in `tile` the expert (-1 or `uniforms.experts` for rows of nobody), the first row, the row behind the
 * last of the expert, and whether there is anything to do. Every thread takes a share of the experts, for one thread alone
 * would read a thousand numbers after each other.
 */
export const findTile = (tile: Tile): string => {
  const threads = threadsOf(tile);
  return `
    let groups = uniforms.experts + 2;
    let share = (groups + ${threads - 1}) / ${threads};
    let wanted = i32(workgroupId.z * numWorkgroups.y + workgroupId.y);
    let firstGroup = min(i32(localIndex) * share, groups);
    let lastGroup = min(firstGroup + share, groups);
    var own = 0;
    for (var g = firstGroup; g < lastGroup; g++) { own += tilesOf(g); }
    tileCounts[localIndex] = own;
    if (localIndex == 0u) { tileFound = vec4<i32>(0); }
    workgroupBarrier();
    var before = 0;
    for (var i = 0; i < i32(localIndex); i++) { before += tileCounts[i]; }
    if (wanted >= before && wanted < before + own) {
      for (var g = firstGroup; g < lastGroup; g++) {
        let count = tilesOf(g);
        if (wanted >= before && wanted < before + count) {
          tileFound = vec4<i32>(g - 1, groupStart(g) + (wanted - before) * ${tile.rows}, groupStart(g + 1), 1);
        }
        before += count;
      }
    }
    let tile = workgroupUniformLoad(&tileFound);
    if (tile.w == 0) { return; }`;
};

/** Declarations that go with `findTile`. */
export const tileDeclarations = (tile: Tile): string => `
  var<workgroup> tileCounts : array<i32, ${threadsOf(tile)}>;
  var<workgroup> tileFound : vec4<i32>;
  fn groupStart(g : i32) -> i32 {
    if (g == 0 && uniforms.firstExpert == 0) { return 0; }
    if (g == uniforms.experts + 2 && uniforms.firstExpert + uniforms.experts == uniforms.allExperts) {
      return uniforms.rows;
    }
    return i32(offsets[uniforms.firstExpert + clamp(g - 1, 0, uniforms.experts)]);
  }
  fn tilesOf(g : i32) -> i32 {
    return (max(groupStart(g + 1) - groupStart(g), 0) + ${tile.rows - 1}) / ${tile.rows};
  }`;

/** Declarations of the two operands of a tile in workgroup memory, four numbers side by side. */
export const operandDeclarations = ({ rows, columns, depth }: Tile): string => `
  var<workgroup> left : array<array<vec4<f32>, ${rows / 4}>, ${depth}>;
  var<workgroup> right : array<array<vec4<f32>, ${columns / 4}>, ${depth}>;`;

/** Text that fills one operand: `value` gives four numbers at k and 4 q, whose neighbours in memory are along `along`. */
export function fillOperand(operand: 'left' | 'right', tile: Tile, along: 'k' | 'q', value: string): string {
  const quads = (operand === 'left' ? tile.rows : tile.columns) / 4;
  const [k, q] =
    along === 'k' ? [`cell % ${tile.depth}`, `cell / ${tile.depth}`] : [`cell / ${quads}`, `cell % ${quads}`];
  return `
    for (var cell = i32(localIndex); cell < ${quads * tile.depth}; cell += ${threadsOf(tile)}) {
      let k = ${k};
      let q = ${q};
      ${value}
      ${operand}[k][q] = four;
    }`;
}

/**
 * Text that adds the products of what is in workgroup memory to `sums`, of the first `reach` of the inner axis; 0 for
 * threads that have no rows of the expert. The bound is no constant, or drivers write the loop out, and take seconds to
 * compile what runs no faster.
 */
export const multiplyOperands: string = `
    for (var k4 = 0; k4 < reach; k4 += 4) {
      ${[0, 1, 2, 3].map(productOf).join('')}
    }`;

function productOf(step: number): string {
  return `
      {
        let a = left[k4 + ${step}][localId.y];
        let b = right[k4 + ${step}][localId.x];
        ${['x', 'y', 'z', 'w'].map((row, i) => `sums[${i}] = fma(vec4<f32>(a.${row}), b, sums[${i}]);`).join(' ')}
      }`;
}
