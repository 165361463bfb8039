/**
 * Which experts are the k best of every row by their scores; among equal scores the first, as every gate has it.
 *
 * One 0/1 column per expert.
 */
export function bestOf(scores: readonly Float64Array[], k: number, rows: number): Float64Array[] {
  const masks = scores.map(() => new Float64Array(rows));
  for (let i = 0; i < rows; i++) {
    for (let e = 0; e < scores.length; e++) {
      const own = scores[e]![i]!;
      let above = 0;
      for (let o = 0; o < scores.length; o++) {
        if (o === e) continue;
        if (o < e ? !(own > scores[o]![i]!) : scores[o]![i]! > own) above++;
      }
      if (above < k) masks[e]![i] = 1;
    }
  }
  return masks;
}
