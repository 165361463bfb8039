/** Simulators and real tables as plain arrays. All of it runs in browsers; `./mnist` reads files and is for Node. */
// biome-ignore-all assist/source/organizeImports: a contents page, in the order of reading

// Tables: read, and made a sample for a fit.
export { type ReadTableOptions, readTable } from './table/read-table.ts';
export {
  type Table,
  type TableColumn,
  type NumberColumn,
  type TextColumn,
  columnOf,
  completeRows,
} from './table/table.ts';
export { type SampleOfOptions, sampleOf, type TableSample } from './table/sample-of.ts';
export {
  type PublishedTable,
  type PublishedTableDefinition,
  publishedTable,
} from './table/published-table.ts';

// Formulas: what experts and gate see, with names, levels and knots as in R.
export {
  type FormulaOptions,
  type FormulaTerm,
  type FormulaTerms,
  formulaTerms,
  type SideTerms,
} from './formula/formula-terms.ts';
export {
  type FormulaInputs,
  type FormulaSample,
  inputsOfFormula,
  type SampleOfFormulaOptions,
  sampleOfFormula,
} from './formula/sample-of-formula.ts';
export { type ColumnOfFormula, variablesOfFormula } from './formula/variables-of-formula.ts';
export { type ModelMatrices, type ModelMatrix, modelMatrices } from './formula/model-matrices.ts';
export type { FactorCoding, FormulaVariable, NumberCoding, ScaleCoding } from './formula/variables.ts';
export type { PolynomialBasis, SplineBasis } from './formula/bases.ts';

// Samples drawn from a mixture.
export { type SimulateOptions, type Simulation, simulate } from './simulate/simulate.ts';
export type { Inputs, PerInput } from './simulate/inputs.ts';
export type { Noise } from './simulate/noise.ts';

// The published designs of simulations.
export { design, designNames } from './designs/index.ts';
export type { Design, DesignPart, FittedFamily } from './designs/design.ts';

// Data in parts for training and test, loaded when they are asked for.
export {
  type Dataset,
  defineDataset,
  type LoadOptions,
  type Column,
  type Split,
  type Splits,
  type Subset,
} from './dataset.ts';
export { type IdxArray, type IdxData, parseIdx, parseIdxBytes } from './idx.ts';
