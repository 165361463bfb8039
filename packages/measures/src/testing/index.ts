/** What the packages make of a definition of one's own, shown and held to what it must be. */
// biome-ignore-all assist/source/organizeImports: a contents page, in the order of reading

// The suite, and what it is told.
export { testDefinition } from './test-definition.ts';
export type { DefinitionUnderTest } from './definition.ts';

// Who reads definitions: this package, and what others are made of.
export { measuring } from './measuring.ts';
export type { Answer, DefinitionCheck, DefinitionReader } from './definition.ts';
export { askedOnce } from './asked-once.ts';

// Measures at random numbers, their function by its definition, and how many of the numbers can be told apart.
export { randomMeasure, randomRows, type RandomMeasureOptions } from './random-measure.ts';
export { measureOutput } from './measure-output.ts';
export {
  derivativeRank,
  freePlacesOfExperts,
  freePlacesOfGate,
  type Differentiated,
} from './derivative-rank.ts';
export { selectionRank } from './selection-rank.ts';

// The contract of a family.
export { testFamily, type FamilyUnderTest } from './test-family.ts';
