/** Identifiability of mixture-of-experts models: what can be learned, at which rate, and how we know. */
// biome-ignore-all assist/source/organizeImports: a contents page, in the order of reading

// Where a gate with an expert stands, what slows it, and what mends it.
export { type ReportCard, type ReportCardOptions, reportCard } from './report/report-card.ts';
export { reportCardText } from './report/report-text.ts';
export { reportCardMarkdown } from './report/report-markdown.ts';
export type { LayerConfig, ReportSpec, ReportSubject } from './report/subject.ts';
export type { Sizes } from './report/reduced.ts';
export type { Culprit, Standing } from './report/standing.ts';
export type { Advice } from './report/advice.ts';
export type {
  ReportCertificate,
  ReportInteraction,
  ReportRelation,
  ReportSecondOrder,
  ReportVerdict,
} from './report/report-verdict.ts';

// What can be identified of it: each question with its answer and its proof.
export type { IdentifiabilityOptions } from './identifiability/ask.ts';
export { identifiability } from './identifiability/identifiability.ts';
export type { Identifiability, WeakIdentifiability } from './identifiability/identifiability-verdicts.ts';
export type { Restriction } from './identifiability/restriction.ts';
export type { IdentifiableCombination, IdentifiableCombinations } from './identifiability/combinations.ts';
export type { ParameterFreedom } from './identifiability/freedoms.ts';
export {
  type DensityIdentifiability,
  type DensityIdentifiabilityOptions,
  densityIdentifiability,
} from './density/density-identifiability.ts';
export type { DensityModel } from './density/model.ts';
export type { Support } from './verdict/support.ts';
export type { Quantified, Quantifier } from './identifiability/quantifier.ts';
export type {
  NullDirection,
  SecondOrderDependent,
  SecondOrderIndependent,
  SecondOrderVerdict,
} from './second-order/second-order-verdict.ts';

// The answers with all that is needed to check them elsewhere.
export { type CertificateOptions, certificateToJSON } from './certificates/certificate-to-json.ts';
export type {
  CertificateJson,
  CertifiedDirection,
  CertifiedIndependence,
  CertifiedMeasure,
  CertifiedRelation,
  CertifiedValues,
  EnclosedNumber,
} from './certificates/certificate.ts';
export type { MixtureProgram, ProgramParameter } from './program/mixture-program.ts';
export type { ProgramStep } from './program/program.ts';

// At which rate, by which theorem.
export { type Rates, type RatesOptions, rates } from './rates/rates.ts';
export type { Quantity, Rate, RateStatus } from './rates/rate.ts';
export type { ExpertClass, GateClass } from './rates/classify.ts';
export type { Regime } from './rates/sigmoid.ts';

// What rates and lower bounds are in numbers.
export { type SampleSizeOptions, sampleSize } from './bounds/sample-size.ts';
export { type LeCamBound, type LeCamOptions, leCamBound } from './bounds/le-cam.ts';

// The differential equations between gate and expert.
export {
  type Interaction,
  type Interactions,
  type InteractionsOptions,
  interactions,
} from './interactions/interactions.ts';
export type { InteractionKind, InteractionName } from './interactions/known-interactions.ts';

// Different mixtures with one function.
export { counterexamples } from './counterexamples/index.ts';
export {
  type Counterexample,
  functionDistance,
  type SequenceMember,
} from './counterexamples/counterexample.ts';
export type { AmplitudeSplitOptions } from './counterexamples/amplitude-split.ts';
export type { BiasSplitOptions } from './counterexamples/bias-split.ts';
export type { CommonTiltOptions } from './counterexamples/common-tilt.ts';
export type { RescaledTemperatureOptions } from './counterexamples/rescaled-temperature.ts';
export type { ScaleSplitOptions } from './counterexamples/scale-split.ts';
export type { TheoremSixOptions } from './counterexamples/theorem-six.ts';
export type { TheoremThreeOptions } from './counterexamples/theorem-three.ts';
export type { TheoremTwoOptions } from './counterexamples/theorem-two.ts';

// Linear independence of functions of your own, and the words of a verdict.
export { decide, verdictOf } from './decide/decide.ts';
export {
  type DecideOptions,
  type Examination,
  type ExaminedRelation,
  examine,
  type Precision,
} from './decide/examine.ts';
export type { BudgetOptions } from './decide/allowance.ts';
export type { FunctionLabel, LabelledFamily } from './verdict/labelled-family.ts';
export {
  type NamedRelation,
  namedRelation,
  type Proof,
  type RelationKind,
  type RelationTerm,
} from './verdict/relation.ts';
export type { RelationName } from './verdict/relation-name.ts';
export type {
  CertificateLevel,
  Dependent,
  Inconclusive,
  IndependenceCertificate,
  Independent,
  Shortfall,
  Verdict,
} from './verdict/verdict.ts';
