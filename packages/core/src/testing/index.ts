/** What the contract suites of the packages are made of. */
export { assert, assertClose, assertFinite, assertSameJson } from './assertions.ts';
export { assertSpecs, drawnData, drawnRows, valuesOf } from './params.ts';
export { testPlugin } from './plugin-suite.ts';
export type { Runner } from './runner.ts';
export { testTraitShape } from './trait-shape.ts';
export { assertParameters, type InvisibleChange, unitChanges } from './units.ts';
