/**
 * Hints: what an error says beyond its rule, for whoever writes a program. "Did you mean", and the names that other libraries
 * have. A production build has none (`none.ts`): the rule, what is known and what was received are said everywhere.
 */
export { didYouMean, nearestName } from './did-you-mean.ts';
export { insteadOfIdentifier, insteadOfKind, type KindsByRole } from './kinds.ts';
export { insteadOfActivation, insteadOfInitializer } from './laws.ts';
export {
  insteadOfDirection,
  insteadOfLayerOption,
  mendOfTwoCopies,
  wayOfLosses,
  wayOfTraining,
} from './layer.ts';
