/** The mixture-of-experts layer for TensorFlow.js. */
// biome-ignore-all assist/source/organizeImports: a contents page, in an order made by hand

// The layer.
export { MixtureOfExperts, mixtureOfExperts } from './mixture-of-experts.ts';
export type { MixtureOfExpertsArgs } from './settings.ts';
export type { LayerExperts, LayerExpertsOptions, MixedExperts } from './experts/bank-of.ts';
export { layerExperts } from './experts/layer-experts.ts';
export { type MixedPart, mixedExperts } from './experts/mixed-experts.ts';
export {
  type ExpertDropout,
  type ExpertDropoutOptions,
  expertDropout,
} from './extensions/expert-dropout.ts';
export type { Extension } from './extensions/extension.ts';
export {
  type ConstraintConfig,
  type WeightConstraint,
  type WeightConstraintIdentifier,
  type WeightConstraints,
  type WeightConstraintsOptions,
  weightConstraints,
} from './extensions/weight-constraints.ts';
export {
  type RegularizerConfig,
  type WeightRegularizer,
  type WeightRegularizers,
  type WeightRegularizersOptions,
  weightRegularizers,
} from './extensions/weight-regularizers.ts';
export {
  type SharedExperts,
  type SharedExpertsOptions,
  sharedExperts,
} from './extensions/shared-experts.ts';

// Several tasks.
export {
  MultiGateMixtureOfExperts,
  type MultiGateMixtureOfExpertsArgs,
  multiGateMixtureOfExperts,
} from './tasks/multi-gate-mixture-of-experts.ts';
export {
  CustomizedGateControl,
  type CustomizedGateControlArgs,
  customizedGateControl,
} from './tasks/customized-gate-control.ts';
export type { TaskArgs } from './tasks/task-settings.ts';
export type { Tasks } from './tasks/task-names.ts';

// Balance losses.
// list: balance losses
export { type SwitchLossOptions, switchLoss } from './losses/switch-loss.ts';
export { type ImportanceLossOptions, importanceLoss } from './losses/importance-loss.ts';
export { type LoadLossOptions, loadLoss } from './losses/load-loss.ts';
export { type ZLossOptions, zLoss } from './losses/z-loss.ts';
export { type SparsityLossOptions, sparsityLoss } from './losses/sparsity-loss.ts';
// end of list
export { defineBalanceLoss } from './balance/define-balance-loss.ts';

// How tokens reach experts.
export type { DispatchName } from './dispatch/auto.ts';
export { type Dispatch, defineDispatcher } from './dispatch/define-dispatcher.ts';
export type { Dispatched, Dispatcher, RunExpert } from './dispatch/dispatcher.ts';
export type { Offsets } from './tensor/offsets.ts';
export { denseDispatch } from './dispatch/dense.ts';
export { capacityDispatch } from './dispatch/capacity.ts';
export { expertInput } from './dispatch/weighted-input.ts';
export { groupedDispatch } from './dispatch/grouped.ts';
export {
  type Capacity,
  type CapacityConvention,
  type CapacityLoad,
  capacityConventions,
  expertCapacity,
} from './capacity.ts';
export { definePriority, type Priority } from './priorities/define-priority.ts';
export { batchPriority } from './priorities/batch-priority.ts';
export { probabilityPriority } from './priorities/probability-priority.ts';
export { tokenOrder } from './priorities/token-order.ts';
export { groupedMatMul } from './tensor/grouped-mat-mul.ts';

// Looking at the routing, and moving it while training.
export type { RoutingPlan } from './routing-plan.ts';
export type { RoutingMetrics } from './routing-metrics.ts';
export {
  type RoutingLogger,
  type RoutingLoggerOptions,
  type RoutingRecord,
  routingLogger,
} from './callbacks/routing-logger.ts';
export {
  type AlarmName,
  type RoutingAlarm,
  type RoutingAlarmOptions,
  type RoutingFinding,
  routingAlarm,
} from './callbacks/routing-alarm.ts';
export {
  type TemperatureSchedule,
  type TemperatureScheduleOptions,
  temperatureSchedule,
} from './callbacks/temperature-schedule.ts';
export type { Schedule, ScheduleConfig } from './callbacks/schedule.ts';
export type { Watchable } from './callbacks/watched-gates.ts';
