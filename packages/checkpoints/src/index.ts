/** Checkpoints of mixtures of experts: blocks of published models, ONNX, and surgery. */
export { families, familyNames } from './families/families.ts';
export type { ConfigKeys, Family, FamilyName, LayoutName, SharedNames } from './families/family.ts';
export { type LoadMixtureOptions, loadMixture } from './families/load-mixture.ts';
export {
  type MixtureTensorsOptions,
  mixtureTensors,
  type SaveMixtureOptions,
  saveMixture,
} from './families/save-mixture.ts';
export type {
  ChangedCheckpoint,
  ChangedCheckpointOptions,
  ChangedLayer,
} from './in-checkpoint/changed-checkpoint.ts';
export {
  type MergeCheckpointOptions,
  type MergedLayer,
  mergeCheckpoint,
} from './in-checkpoint/merge-checkpoint.ts';
export {
  type PruneCheckpointOptions,
  type PrunedLayer,
  pruneCheckpoint,
} from './in-checkpoint/prune-checkpoint.ts';
export type { SmallerCheckpointOptions } from './in-checkpoint/smaller-checkpoint.ts';
export { type UpcycleCheckpointOptions, upcycleCheckpoint } from './in-checkpoint/upcycle-checkpoint.ts';
export { type ExportOnnxOptions, exportOnnx } from './onnx/export-onnx.ts';
export { type ModelSource, type OpenModel, openModel } from './open-model.ts';
export type { ChangedModel } from './saved/changed-model.ts';
export { modelFiles } from './saved/model-files.ts';
export { type OperateInModelOptions, operateInModel } from './saved/operate-in-model.ts';
export { type UpcycleInModelOptions, upcycleInModel } from './saved/upcycle-in-model.ts';
export { averageCheckpoints } from './surgery/average-checkpoints.ts';
export { type Distilled, type DistilToDenseOptions, distilToDense } from './surgery/distil-to-dense.ts';
export { type Merged, type MergeExpertsOptions, mergeExperts } from './surgery/merge-experts.ts';
export type { Operated, Receipt } from './surgery/operated.ts';
export { type Pruned, type PruneExpertsOptions, pruneExperts } from './surgery/prune-experts.ts';
export { type Saliency, saliencyOf } from './surgery/saliency.ts';
export { type AddExpertsOptions, addExperts, keepExperts, removeExperts } from './surgery/select-experts.ts';
export { type UpcycleOptions, upcycle } from './surgery/upcycle.ts';
export { widenExperts } from './surgery/widen-experts.ts';
