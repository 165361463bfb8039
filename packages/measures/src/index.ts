/** Mixtures of experts as plain data: evaluated, compared up to what a gate does not see, stored, and measured against the truth. */
// biome-ignore-all assist/source/organizeImports: a contents page, in the order of reading

// A mixture at given parameters.
export {
  type MixingMeasure,
  type MeasureShape,
  mixingMeasure,
  measureSpecs,
} from './measure/mixing-measure.ts';
export { drawnMeasure, type DrawParameter } from './measure/drawn-measure.ts';
export { withAtoms, withChanged, atomNumbers } from './measure/atoms.ts';

// What it says at some inputs.
export { predict, gateProbabilities, expertMeans, type Rows } from './evaluate/evaluate.ts';
export {
  responsibilities,
  type Observations,
  type ResponsibilitiesOptions,
} from './evaluate/responsibilities.ts';
export { evaluated, evaluatedColumns, type Evaluated } from './evaluate/evaluate.ts';
export { lawOfWeights, selects } from './evaluate/law.ts';
export { measureParts, type MeasureParts } from './measure/mixing-measure.ts';

// The law of a response given an expert's outputs.
export type { Family, FamilyDefinition, Dispersion, Observed, ResponseLaw } from './family/family.ts';
export {
  defineFamily,
  getFamily,
  type BuiltInFamily,
  type FamilyFactory,
  type FamilyIdentifier,
} from './family/define-family.ts';
export type { ImageContext, LawImage } from './family/law-image.ts';
export type { LawColumns, LawRoom, DispersionColumns, OutputColumns } from './family/law-columns.ts';
export { gaussian } from './family/gaussian.ts';
export { laplace } from './family/laplace.ts';
export { studentT, type StudentTOptions } from './family/student-t.ts';
export { poisson } from './family/poisson.ts';
export { negativeBinomial } from './family/negative-binomial.ts';
export { binomial } from './family/binomial.ts';
export { gamma } from './family/gamma.ts';
export { multinomial } from './family/multinomial.ts';
export { perExpert, type PerExpertOptions } from './family/per-expert.ts';
export { familyName, familyOf, isSameFamily } from './family/family-of.ts';
export { familyFor } from './family/family-for.ts';

// Of several responses together.
export { gaussianVectors } from './vectors/gaussian-vectors.ts';
export {
  covarianceOf,
  deviationsAndCorrelations,
  drawVector,
  innovationsOf,
  trianglePlace,
  triangleRows,
  triangleSize,
  type Innovations,
} from './vectors/innovations.ts';

// One form of all that have the same function.
export { canonical } from './canonical/canonical.ts';

// What a gate does not see of its parameters.
export { gateGauge, inGauge, freedomsAt, placeOf, type Gauge } from './gauge/gate-gauge.ts';
export { fixedCopies } from './gauge/fixed-copies.ts';
export type { ScaleGauge, ScaledParameter } from './gauge/scale-gauges.ts';
export { unseenDirections } from './gauge/unseen.ts';
export { levelsOf, routerName, type Level, type Copies } from './gauge/levels.ts';

// How far from the truth.
export { voronoiLoss, voronoiCells, type VoronoiLoss, type VoronoiOptions } from './voronoi/voronoi-loss.ts';
export { lossNames, lossesWithPower, type LossName } from './voronoi/loss-names.ts';
export { rBar, rBarSolution, type RBarSolution } from './voronoi/r-bar.ts';
export { kBar } from './voronoi/k-bar.ts';
export {
  wassersteinDistance,
  type WassersteinDistance,
  type WassersteinOptions,
} from './voronoi/wasserstein.ts';

// Stored, and moved to a layer and back.
export { measureToJSON, measureFromJSON, type MeasureJson } from './exchange/json.ts';
export {
  measureFromLayer,
  layerOptions,
  weightsForLayer,
  type LayerLike,
  type LayerOptions,
  type LayerWeight,
} from './exchange/layer.ts';

// What a definition is: declared by it, or read from its formula.
export {
  traitsOf,
  servable,
  gateTraits,
  routerTraits,
  expertTraits,
  type Read,
  type Source,
} from './reading/traits-of.ts';
export {
  readGate,
  readRouter,
  readExpert,
  type GateReading,
  type RouterReading,
  type ExpertReading,
} from './reading/readings.ts';
export { asDeclared } from './reading/expect-declared.ts';
export { fewestInputs } from './reading/fewest-inputs.ts';
export type { FeedForward } from './reading/feed-forward.ts';
export type { InputLayer } from './reading/input-layers.ts';
export type { LogWeightsName, SelectionOrder } from './reading/law.ts';
