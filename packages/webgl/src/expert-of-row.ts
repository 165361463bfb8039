/** How often a search among so many halves them. */
export const halvings = (count: number): number => Math.ceil(Math.log2(count + 1));

/**
 * Text of `offsetOf(expert)` and of `expertOf(row)`: the expert of a row by halving, -1 before the first expert and `experts`
 * behind the last.
 * @param ends of one expert, where they are known and not sent
 */
export const expertOfRow = (experts: number, ends?: readonly number[]): string => `
  int offsetOf(int e) {
    ${
      ends
        ? `return e == 0 ? ${ends[0]} : ${ends[1]};`
        : 'vec4 four = offsetsTexel(0, e / 2); return int((e & 1) == 0 ? four.x : four.y);'
    }
  }
  int expertOf(int row) {
    int first = 0;
    int last = ${experts + 1};
    for (int i = 0; i < ${halvings(experts + 1)}; i++) {
      if (first < last) {
        int middle = (first + last) / 2;
        if (offsetOf(middle) <= row) first = middle + 1; else last = middle;
      }
    }
    return first - 1;
  }`;
