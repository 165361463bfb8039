import type { Expert, Gate } from '@tfjs-moe/core';
import type { MeasureShape } from '../measure/mixing-measure.ts';
import type { Source } from '../reading/traits-of.ts';

/** A gate, an expert or a pair of one's own, and what `testDefinition` should hold it to. */
export interface DefinitionUnderTest {
  /** Names the tests. */
  readonly name: string;
  /** Default `softmax()`. A router is tested in one: `softmax({ router: mine() })`. */
  readonly gate?: Gate;
  /** Default `linear()`. */
  readonly expert?: Expert;
  /** Features of an input. Default 2. */
  readonly inputDim?: number;
  /** Number of experts, one that the gate serves. Default 4. */
  readonly experts?: number;
  /** A pair that is the same function under other names: every answer must be the same. */
  readonly like?: { readonly gate?: Gate; readonly expert?: Expert };
  /** What must be answered, by question. A question without an entry is answered in the name of its test. */
  readonly expected?: Readonly<Record<string, string>>;
  /** Checks that do not hold of this definition, each with the reason: they must fail, or the entry is out of date. */
  readonly exceptions?: Readonly<Record<string, string>>;
}

/** What is made of a definition, and whether it was declared or found where that can be said. */
export interface Answer {
  readonly says: string;
  readonly source?: Source | undefined;
}

/** A promise that must hold of every definition; throws where it is broken. */
export interface DefinitionCheck {
  readonly name: string;
  run(shape: MeasureShape): void;
}

/**
 * A package that reads definitions, as `testDefinition` asks it: `measuring` of this package, `fitting` of the estimators,
 * `judging` of theory.
 */
export interface DefinitionReader {
  readonly name: string;
  /** Questions with what this package makes of a definition, without names of the definition's own parameters. */
  readonly questions: Readonly<Record<string, (shape: MeasureShape) => Answer>>;
  readonly checks: readonly DefinitionCheck[];
}
