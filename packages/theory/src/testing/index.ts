/** Theory as a reader of definitions, for `testDefinition` of `@tfjs-moe/measures/testing`. */
export { judging } from './judging.ts';
