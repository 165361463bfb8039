/**
 * What packages with kernels for a backend share: how kernels are defined and registered, and how layers come to them.
 */
export {
  type BackendKernel,
  type DefineKernel,
  defineBackendKernel,
  type KernelCall,
} from './kernel.ts';
export { type LinearSelection, linearSelection } from './linear-selection.ts';
export { type DeviceOffsets, type SendsNumbers, withOffsets } from './offsets.ts';
export {
  type Adam,
  type Momentum,
  type OptimizerStep,
  type OptimizerSteps,
  optimizerSteps,
  type PlacedSteps,
  type RmsProp,
  type Sgd,
  type StepInputs,
} from './optimizer-steps.ts';
export {
  type KernelRegistry,
  type RegisteredKernel,
  type Registration,
  registration,
} from './registration.ts';
export { scoreExpertsBy } from './score-experts.ts';
export { type BesideForm, besideForm } from './served-alike.ts';
export type {
  CombineInputs,
  GatherInputs,
  GroupAttributes,
  KernelGradientInputs,
  ProductAttributes,
  ProductInputs,
  SelectionAttributes,
  SelectionGradientInputs,
  SelectionInputs,
} from './signatures.ts';
