/**
 * Hints: what is there for whoever writes a program. What an error says beyond its rule ("did you mean", the names that other
 * libraries have), and checks of the program itself. A production build has none (`none.ts`): the rule, what is known and what
 * was received are said everywhere.
 */
export { builtInKinds } from './built-in-kinds.ts';
export { development } from './development.ts';
export { didYouMean, nearestName } from './did-you-mean.ts';
export { insteadOfIdentifier, insteadOfKind, type KindsByRole, wayToKinds } from './kinds.ts';
export { insteadOfActivation, insteadOfInitializer } from './laws.ts';
export {
  insteadOfDirection,
  insteadOfLayerOption,
  mendOfTwoCopies,
  wayOfLosses,
  wayOfTraining,
} from './layer.ts';
