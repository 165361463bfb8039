/** Data sets as plain arrays. Everything here runs in browsers too; `./mnist` reads files and is for Node. */
export {
  type Column,
  type Dataset,
  defineDataset,
  type LoadOptions,
  type Split,
  type Splits,
  type Subset,
} from './dataset.ts';
export { type IdxArray, type IdxData, parseIdx, parseIdxBytes } from './idx.ts';
export { shuffledRows, spreadRows, subsetSizes, takeRows } from './select.ts';
