/** The mixture-of-experts layer for TensorFlow.js. */
export {
  type RoutingLogger,
  type RoutingLoggerOptions,
  type RoutingRecord,
  routingLogger,
} from './callbacks/routing-logger.ts';
export type { Schedule, ScheduleConfig } from './callbacks/schedule.ts';
export {
  type TemperatureSchedule,
  type TemperatureScheduleOptions,
  temperatureSchedule,
} from './callbacks/temperature-schedule.ts';
export {
  type Capacity,
  type CapacityConvention,
  type CapacityLoad,
  capacityConventions,
  expertCapacity,
} from './capacity.ts';
export type { DispatchName } from './dispatch/auto.ts';
export type { Dispatched, Dispatcher } from './dispatch/dispatcher.ts';
export { groupedDispatch } from './dispatch/grouped.ts';
export { type LayerExperts, layerExperts } from './experts/layer-experts.ts';
export { type ImportanceLossOptions, importanceLoss } from './losses/importance-loss.ts';
export { type LoadLossOptions, loadLoss } from './losses/load-loss.ts';
export { type SwitchLossOptions, switchLoss } from './losses/switch-loss.ts';
export { type ZLossOptions, zLoss } from './losses/z-loss.ts';
export { MixtureOfExperts, mixtureOfExperts } from './mixture-of-experts.ts';
export type { RoutingMetrics } from './routing-metrics.ts';
export type { RoutingPlan } from './routing-plan.ts';
export type { MixtureOfExpertsArgs } from './settings.ts';
export { groupedMatMul } from './tensor/grouped-mat-mul.ts';
