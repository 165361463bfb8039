/** Float64 and beyond: derivatives, linear algebra, rigorous and exact arithmetic for routers, gates and experts. */
// biome-ignore-all assist/source/organizeImports: a contents page, in an order made by hand

// Rings: the numbers that a definition can be run on.
export { type Column, columns, columnsOf, spreadColumn } from './ring/columns.ts';
export { derivativesOver, type Field } from './ring/derivatives-over.ts';
export type { Order, Ring } from './ring/ring.ts';
export { doubleDoubles } from './double-double/double-doubles.ts';
export { balls } from './ball/balls.ts';
export { ballAt, doubleBalls } from './double-ball/double-balls.ts';

// Definitions on any ring, and their derivatives.
export { type Grid, gridInput, gridParams, paramLabels } from './grid/grid.ts';
export { gridOps } from './grid/grid-ops.ts';
export {
  constantJet,
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
export { normalCdf, normalDensity } from './special/normal.ts';
export { normalQuantile } from './special/normal-quantile.ts';

// Linear algebra in float64.
export { type Cholesky, cholesky } from './linear/cholesky.ts';
export { type LeastSquares, leastSquares } from './linear/least-squares.ts';
export { column, type Matrix, matrix, matrixOf, matrixProduct, norm, transpose } from './linear/matrix.ts';
export { type PivotedQr, pivotedQr } from './linear/pivoted-qr.ts';
export { type SingularValues, singularValues } from './linear/singular-values.ts';
export { type SymmetricEigen, symmetricEigen } from './linear/symmetric-eigen.ts';

// Double-double numbers, and balls that enclose what is meant.
export {
  addDouble,
  type DoubleDouble,
  divDouble,
  doubleDouble,
  exactProduct,
  exactSum,
  mulDouble,
  sqrtDouble,
  subDouble,
} from './double-double/double-double.ts';
export { expDouble, logDouble, normalCdfDouble, normalDensityDouble } from './double-double/exponential.ts';
export { type DoublePivots, doublePivots } from './double-double/pivoted-qr.ts';
export { type Ball, ballOf, ballToNumber } from './ball/ball.ts';
export { logTwoBall, piBall } from './ball/constants.ts';
export { type DoubleBall, doubleBall, doubleBallOf } from './double-ball/double-ball.ts';

// Exact arithmetic and exact relations.
export {
  type FieldRelationOptions,
  fieldRelations,
  type Relation,
  type RelationBasis,
} from './exact/field-relations.ts';
export { formalRelations } from './exact/formal-relations.ts';
export { type FormalRing, formalRing } from './exact/formal-ring.ts';
export { derivativeLabels, derivativeList, type FunctionFamily } from './exact/function-family.ts';
export { modularRelations } from './exact/modular-relations.ts';
export type { Polynomial } from './exact/monomials.ts';
export { type FieldPoint, fieldPoint, fieldPrimes, NoSuchPoint } from './exact/prime-field.ts';
export { type Rational, rational, rationalOf, rationalText, reconstructRational } from './exact/rational.ts';

// Rank with a certificate.
export { certifyDoubleBalls, type PointCertificate } from './rank/certify-double-balls.ts';
export { certifyRank, type RankCertificate } from './rank/certify-rank.ts';
export {
  type NumericalRelation,
  type NumericalRelations,
  numericalRelations,
  relationDefect,
} from './rank/numerical-relations.ts';
