import { expectInteger, MoeError } from '@tfjs-moe/core';

/**
 * $\bar K$: how many fitted experts a top-K mixture must select so that near any K true ones all fitted ones can be active,
 * $\max_{\{\ell_1, \dots, \ell_K\}} \sum_{i \le K} |A_{\ell_i}|$, the sizes of the K largest cells together.
 *
 * A rule for the design, and no more: with fewer, some fits reproduce the truth all the same, while most cannot.
 *
 * Source: Nguyen, Akbarian, Yan and Ho (2024), arXiv:2309.13850.
 *
 * @param cells for every true atom the fitted ones near it, as `voronoiCells` returns them, or how many there are
 * @param selected K, how many true experts are selected
 */
export function kBar(cells: readonly (number | readonly unknown[])[], selected: number): number {
  if (!Array.isArray(cells) || cells.length === 0)
    throw new MoeError(
      'kBar',
      'cells must be a list of cells or of their sizes, one for each true atom',
      cells,
    );
  const sizes = cells.map((cell) =>
    expectInteger('kBar', 'the size of a cell', Array.isArray(cell) ? cell.length : (cell as number)),
  );
  expectInteger('kBar', 'selected', selected, { min: 1, max: cells.length });
  return sizes
    .sort((a, b) => b - a)
    .slice(0, selected)
    .reduce((sum, size) => sum + size, 0);
}
