/** Rows of the result that cost the same: those of one expert. */
export interface Group {
  readonly rows: number;
  /** Cost of one row, in any unit. */
  readonly cost: number;
}

/**
 * A worker's tasks become smaller, so that nobody waits long for the last: parts of what it shall do. The main thread
 * begins with a little less than its part, because it also moves operands, and then helps with the tasks.
 */
const PARTS = [0.45, 0.25, 0.15, 0.08, 0.04, 0.03];
const MAIN_PART = 0.9;
/** Rows for which cutting an expert is worth it: the kernel, or the rows, are packed for each piece anew. */
const FEWEST_ROWS = 64;

/**
 * Cutting a product between threads: into the main thread's share, which comes first, and tasks for workers. Every row of
 * the result belongs to one of them, and no sum is cut, hence the result does not depend on the cuts.
 *
 * Where the pieces end: the main thread's share first, then the tasks. Pieces below the smallest cost are joined.
 */
export function split(groups: readonly Group[], threads: number, smallest: number): number[] {
  const total = groups.reduce((sum, { rows, cost }) => sum + rows * cost, 0);
  const rows = groups.reduce((sum, group) => sum + group.rows, 0);
  const fewest = (FEWEST_ROWS * total) / rows;
  const least = Math.max(smallest, fewest);
  const main = MAIN_PART / threads;
  const each = (1 - main) / (threads - 1);
  const ends: number[] = [];
  let [done, joined] = [main, 0];
  let last = cutAt(groups, main * total, Math.max((each * total) / 16, fewest / 4));
  ends.push(last);
  for (const part of PARTS) {
    for (let worker = 1; worker < threads; worker++) {
      done += part * each;
      joined += part * each * total;
      if (joined < least && done < 1 - 1e-9) continue;
      joined = 0;
      const end = cutAt(groups, done * total, Math.max((part * each * total) / 4, fewest / 4));
      if (end > last) ends.push(end);
      last = Math.max(last, end);
    }
  }
  if (last < rows) ends.push(rows);
  return ends;
}

/**
 * The row before which so much of the cost lies. It is moved to the border of its group where that is near: an expert
 * that is cut has its kernel packed twice.
 */
function cutAt(groups: readonly Group[], target: number, near: number): number {
  let [row, cost] = [0, 0];
  for (const group of groups) {
    const own = group.rows * group.cost;
    if (cost + own >= target && own > 0) {
      const [before, after] = [target - cost, cost + own - target];
      if (before <= near && before <= after) return row;
      if (after <= near) return row + group.rows;
      // A multiple of the four rows of a tile.
      return row + Math.min(group.rows, 4 * Math.round(before / group.cost / 4));
    }
    row += group.rows;
    cost += own;
  }
  return row;
}
