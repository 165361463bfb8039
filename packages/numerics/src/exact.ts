/** Exact arithmetic, and linear relations that are proved with it. */
// biome-ignore-all assist/source/organizeImports: a contents page, in an order made by hand

export {
  type FieldRelationOptions,
  fieldRank,
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
