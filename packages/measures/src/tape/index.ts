/**
 * Definitions written down once and run over blocks of rows, with derivatives: what estimators are made of, and what a
 * fast estimator of one's own needs.
 */
// biome-ignore-all assist/source/organizeImports: a contents page, in the order of reading

// The list of operations.
export { newTape, isPiecewise, type Tape, type Node, type Operation } from './tape.ts';

// A mixture on a tape, and its numbers in the tape's order.
export { mixtureTape, expertTape, numbersOf, measureOf, countOf, type MixtureTape } from './mixture.ts';

// The list made ready to run.
export { compile, type Program, type ProgramOptions } from './program.ts';
