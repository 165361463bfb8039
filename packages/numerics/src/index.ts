/** Float64 and beyond: derivatives, linear algebra, rigorous and exact arithmetic for routers, gates and experts. */
// biome-ignore-all assist/source/organizeImports: a contents page, in an order made by hand

// Rings: the numbers that a definition can be run on.
export { type Column, columns, columnsOf, spreadColumn } from './ring/columns.ts';
export { derivativesOver, type Field } from './ring/derivatives-over.ts';
export type { Order, Ring } from './ring/ring.ts';

// How long work is counted and ended.
export { ballFunction, type Checkpoint, integerProduct, operations } from './checkpoint.ts';

// Definitions on any ring, and their derivatives.
export { type Grid, gridInput, gridParams, paramLabels } from './grid/grid.ts';
export { gridOps } from './grid/grid-ops.ts';
export {
  firstDerivative,
  type Jet,
  packed,
  packedSize,
  parameterJet,
  secondDerivative,
} from './jets/jet.ts';
export { type Algebra, jets } from './jets/jets.ts';

// Activations and special functions.
export type { Derivatives } from './activations/derivatives.ts';
export { type Elementary, elementary } from './activations/elementary.ts';
export { erf, erfc, scaledErfc } from './special/erf.ts';
export { incompleteBeta } from './special/incomplete-beta.ts';
export { incompleteGamma } from './special/incomplete-gamma.ts';
export { digamma, logGamma, trigamma } from './special/log-gamma.ts';
export { normalCdf, normalDensity } from './special/normal.ts';
export { normalQuantile } from './special/normal-quantile.ts';

// Linear algebra in float64.
export { type Cholesky, cholesky } from './linear/cholesky.ts';
export { type LeastSquares, leastSquares } from './linear/least-squares.ts';
export { column, type Matrix, matrix, matrixOf, matrixProduct, norm, transpose } from './linear/matrix.ts';
export { type PivotedQr, pivotedQr } from './linear/pivoted-qr.ts';
export { type SingularValues, singularValues } from './linear/singular-values.ts';
export { type SymmetricEigen, symmetricEigen } from './linear/symmetric-eigen.ts';
