/** The contracts of tfjs-moe: what a router, a gate, an expert and a balance loss are. */
// biome-ignore-all assist/source/organizeImports: a contents page, in the order of reading

// The algebra that definitions are written in.
export type { Ops } from './ops.ts';
export { guard } from './guard.ts';
export type { GateOps } from './gate-ops.ts';
export {
  type Activation,
  type ActivationIdentifier,
  activations,
  expectActivation,
  type TfjsActivation,
} from './activation.ts';

// What is defined in it: each with its contract, its definer and its getter.
export { defineRouter, getRouter, type Router, type RouterDefinition, type RouterFactory } from './router.ts';
export {
  defineGate,
  type Gate,
  type GateDefinition,
  type GateFactory,
  getGate,
  type ReadsBatch,
  type SideInput,
} from './gate.ts';
export type { Routing, RoutingContext, SoftRouting } from './routing.ts';
export { defineExpert, type Expert, type ExpertDefinition, type ExpertFactory, getExpert } from './expert.ts';
export {
  type BalanceContext,
  type BalanceLoss,
  type BalanceLossDefinition,
  type BalanceLossFactory,
  defineBalanceLoss,
  getBalanceLoss,
} from './balance-loss.ts';

// What a definition says it is.
export type {
  CommonShift,
  Coordinates,
  Homogeneity,
  RouterForm,
  RouterTraits,
} from './traits/router-traits.ts';
export type { Freedom, GateTraits, ParameterCopy } from './traits/gate-traits.ts';
export {
  type CompetitiveForm,
  formUnder,
  type GateForm,
  type HierarchicalForm,
  type ScoredForm,
  type SelectionForm,
  type SigmoidForm,
} from './traits/gate-form.ts';
export type { ExpertForm, ExpertTraits } from './traits/expert-traits.ts';
export { hiddenLayer, type ScaleChange, type SignChange, type Units } from './traits/units.ts';
export { expectRouterTraits } from './traits/expect-router-traits.ts';
export { expectGateTraits } from './traits/expect-gate-traits.ts';
export { expectExpertTraits } from './traits/expect-expert-traits.ts';

// What all plugins have in common: a kind, a config, a place in the registry.
export type { Config, Json, OptionsJson, Plugin, Role } from './identity.ts';
export type { Identifier } from './identifier.ts';
// All of it, so that other modules can add to the interfaces.
export type * from './options-by-kind.ts';
export { knownKinds, register, restoringSaved } from './registry.ts';

// Parameters, and what they start from.
export {
  type Constraint,
  type GateParamSpec,
  type ParamSpec,
  type ParamSpecs,
  type AnyParams,
  type Named,
  type Numbers,
  paramSize,
  replicate,
  mapNames,
  prefixed,
  scoped,
  expectAffordable,
} from './params.ts';
export {
  getInitializer,
  type InitializerConfig,
  type InitializerIdentifier,
  type InitializerName,
} from './initializer.ts';
export { initialValues } from './initial-values.ts';
export { type Distribution, type Stream, stream } from './stream.ts';

// The interpretation on plain arrays: the oracle of all others.
export { arrayOps } from './array/array-ops.ts';
export { type ArrayGateOptions, arrayGateOps } from './array/array-gate-ops.ts';
export { type ArrayValue, arrayInput, arrayParam, arrayTable, tableOf } from './array/value.ts';

// An evaluation at once, where a package brings one.
export {
  type HeldParameter,
  type HeldParameters,
  type ShortWay,
  type ShortWayBank,
  type ShortWayLayer,
  type ShortWayTokens,
  shortWay,
} from './short-way.ts';

// How bad input is refused.
export { MoeError, show } from './errors.ts';
export {
  type Bounds,
  expectBoolean,
  expectExperts,
  expectInteger,
  expectKnownOptions,
  expectNumber,
  expectOneOf,
  expectPositive,
  expectSize,
  expectSizes,
  type OptionNames,
} from './expect.ts';
export { expectFeatures, expectInputsWith } from './expect-features.ts';
export { expectSequences, expectTokenCount } from './expect-tokens.ts';
// Runs of consecutive experts, as groups are.
export { type Runs, runCount, runSizes, withinRuns } from './runs.ts';
export { entryOf } from './entry-of.ts';
export { expectShallow, nestingOf } from './nesting.ts';
export { limits } from './limits.ts';

// Objects of tfjs, known without tfjs.
export { isTfjsObject, type TfjsClass, type TfjsObject } from './tfjs-object.ts';
