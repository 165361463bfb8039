/** Identifiability of mixture-of-experts models: what can be learned, at which rate, and how we know. */
export { type DecideOptions, decide } from './decide/decide.ts';
export type { FunctionLabel, LabelledFamily } from './verdict/labelled-family.ts';
export {
  type NamedRelation,
  namedRelation,
  type Proof,
  type RelationKind,
  type RelationTerm,
} from './verdict/relation.ts';
export type {
  Dependent,
  Inconclusive,
  IndependenceCertificate,
  Independent,
  Shortfall,
  Verdict,
} from './verdict/verdict.ts';
