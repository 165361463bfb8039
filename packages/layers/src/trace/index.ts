/** Which experts every token was sent to, as plain data: recorded, stored, compared, replayed and summed up. */

export { deadExperts, effectiveExperts, type LoadViolation, loadViolation } from '../load-shape.ts';
export { coActivation } from './co-activation.ts';
export {
  type CallComparison,
  compareTraces,
  type DifferingToken,
  saturation,
} from './compare-traces.ts';
export { type LayerReport, layerReports } from './layer-reports.ts';
export {
  type RecordCallsOptions,
  type RecordRoutingOptions,
  recordCalls,
  recordRouting,
  tracePlan,
} from './record-routing.ts';
export { type ReplayTraceOptions, replayCalls, replayTrace } from './replay-trace.ts';
export type { RoutingTrace, TracedCall } from './routing-trace.ts';
export { type Specialisation, specialisation } from './specialisation.ts';
export { type ReadTraceOptions, readTrace, writeTrace } from './trace-lines.ts';
