/** The rank of a matrix with a certificate, and relations that rest on numbers. */
// biome-ignore-all assist/source/organizeImports: a contents page, in an order made by hand

export { certifyDoubleBalls, type PointCertificate } from './rank/certify-double-balls.ts';
export { certifyRank, type RankCertificate } from './rank/certify-rank.ts';
export {
  type NumericalRelation,
  type NumericalRelations,
  numericalRelations,
  relationDefect,
} from './rank/numerical-relations.ts';
