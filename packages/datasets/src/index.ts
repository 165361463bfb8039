/** Simulators and real tables as plain arrays. All of it runs in browsers; `./mnist` reads files and is for Node. */
export {
  type Column,
  type Dataset,
  defineDataset,
  type LoadOptions,
  type Split,
  type Splits,
  type Subset,
} from './dataset.ts';
// Published designs.
export type { Design, DesignPart, FittedFamily } from './designs/design.ts';
export { design, designNames } from './designs/index.ts';
export { type IdxArray, type IdxData, parseIdx, parseIdxBytes } from './idx.ts';
export { shuffledRows, spreadRows, subsetSizes, takeRows } from './select.ts';
// Simulated data.
export type { Inputs, PerInput } from './simulate/inputs.ts';
export type { Noise } from './simulate/noise.ts';
export { type SimulateOptions, type Simulation, simulate } from './simulate/simulate.ts';
// Tables.
export {
  type PublishedTable,
  type PublishedTableDefinition,
  publishedTable,
} from './table/published-table.ts';
export { type ReadTableOptions, readTable } from './table/read-table.ts';
export { type SampleOfOptions, sampleOf, type TableSample } from './table/sample-of.ts';
export {
  columnOf,
  completeRows,
  type NumberColumn,
  type Table,
  type TableColumn,
  type TextColumn,
} from './table/table.ts';
