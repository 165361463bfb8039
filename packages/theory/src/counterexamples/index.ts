/** The constructions of the proofs, and the exact non-identifiabilities, as objects to evaluate. */
import { amplitudeSplit } from './amplitude-split.ts';
import { biasSplit } from './bias-split.ts';
import { commonTilt } from './common-tilt.ts';
import { rescaledTemperature } from './rescaled-temperature.ts';
import { scaleSplit } from './scale-split.ts';
import { theoremSix } from './theorem-six.ts';
import { theoremThree } from './theorem-three.ts';
import { theoremTwo } from './theorem-two.ts';

/** Each takes a true mixture and returns it with another. */
export interface Counterexamples {
  /** K1: $b \pm t$. */
  readonly biasSplit: typeof biasSplit;
  /** K3: two scales of a homogeneous expert. */
  readonly scaleSplit: typeof scaleSplit;
  /** K10: two atoms with one gate, whose experts add up. */
  readonly amplitudeSplit: typeof amplitudeSplit;
  /** K5: all atoms twice. */
  readonly commonTilt: typeof commonTilt;
  /** K7: the scale that a temperature hides. */
  readonly rescaledTemperature: typeof rescaledTemperature;
  /** Linear experts, softmax. */
  readonly theoremTwo: typeof theoremTwo;
  /** Temperature, linear router. */
  readonly theoremThree: typeof theoremThree;
  /** Linear experts, hierarchical softmax. */
  readonly theoremSix: typeof theoremSix;
}

/** The counterexamples by name: sequences of measures that differ while their functions agree. */
export const counterexamples: Counterexamples = Object.freeze({
  biasSplit,
  scaleSplit,
  amplitudeSplit,
  commonTilt,
  rescaledTemperature,
  theoremTwo,
  theoremThree,
  theoremSix,
});
