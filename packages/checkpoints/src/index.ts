/** Checkpoints of mixtures of experts: blocks of published models, read and written. */
export { families, familyNames } from './families/families.ts';
export type { ConfigKeys, Family, FamilyName, LayoutName, SharedNames } from './families/family.ts';
export { type LoadMixtureOptions, loadMixture } from './families/load-mixture.ts';
export {
  type MixtureTensorsOptions,
  mixtureTensors,
  type SaveMixtureOptions,
  saveMixture,
} from './families/save-mixture.ts';
export { type ExportOnnxOptions, exportOnnx } from './onnx/export-onnx.ts';
export { type ModelSource, type OpenModel, openModel } from './open-model.ts';
