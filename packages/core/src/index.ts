/** The contracts of tfjs-moe: what a router, a gate, an expert and a balance loss are. */
export {
  type Activation,
  type ActivationIdentifier,
  activations,
  expectActivation,
  type TfjsActivation,
} from './activation.ts';
export { type ArrayGateOptions, arrayGateOps } from './array/array-gate-ops.ts';
export { arrayOps } from './array/array-ops.ts';
export { type ArrayValue, arrayInput, arrayParam, arrayTable, tableOf } from './array/value.ts';
export {
  type BalanceContext,
  type BalanceLoss,
  type BalanceLossDefinition,
  type BalanceLossFactory,
  defineBalanceLoss,
  getBalanceLoss,
} from './balance-loss.ts';
export { entryOf } from './entry-of.ts';
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
export { defineExpert, type Expert, type ExpertDefinition, type ExpertFactory, getExpert } from './expert.ts';
export { defineGate, type Gate, type GateDefinition, type GateFactory, getGate } from './gate.ts';
export type { GateOps } from './gate-ops.ts';
export type { Config, Identifier, Json, OptionsJson, Plugin, Role } from './identity.ts';
export { initialValues } from './initial-values.ts';
export {
  getInitializer,
  type InitializerConfig,
  type InitializerIdentifier,
  type InitializerName,
} from './initializer.ts';
export { limits } from './limits.ts';
export { expectShallow, nestingOf } from './nesting.ts';
export type { Ops } from './ops.ts';
export {
  type AnyParams,
  type Constraint,
  expectAffordable,
  type GateParamSpec,
  mapNames,
  type Named,
  type Numbers,
  type ParamSpec,
  type ParamSpecs,
  paramSize,
  prefixed,
  replicate,
  scoped,
} from './params.ts';
export { knownKinds, register, restoringSaved } from './registry.ts';
export { defineRouter, getRouter, type Router, type RouterDefinition, type RouterFactory } from './router.ts';
export type { Routing, RoutingContext } from './routing.ts';
export { type Distribution, type Stream, stream } from './stream.ts';
export { isTfjsObject, type TfjsClass, type TfjsObject } from './tfjs-object.ts';
export { expectExpertTraits } from './traits/expect-expert-traits.ts';
export { expectGateTraits } from './traits/expect-gate-traits.ts';
export { expectRouterTraits } from './traits/expect-router-traits.ts';
export type { ExpertForm, ExpertTraits } from './traits/expert-traits.ts';
export {
  type CompetitiveForm,
  formUnder,
  type GateForm,
  type HierarchicalForm,
  type ScoredForm,
  type SelectionForm,
  type SigmoidForm,
} from './traits/gate-form.ts';
export type { Freedom, GateTraits, ParameterCopy } from './traits/gate-traits.ts';
export type { CommonShift, Homogeneity, RouterForm, RouterTraits } from './traits/router-traits.ts';
export { hiddenLayer, type ScaleChange, type SignChange, type Units } from './traits/units.ts';
