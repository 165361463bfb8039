import type { io } from '@tensorflow/tfjs-core';
import { MoeError } from '@tfjs-moe/core';
import type { CheckpointFiles } from '../safetensors/index.ts';

/** What a `model.json` says of the files that its weights lie in. */
interface Manifest {
  readonly paths: readonly string[];
  readonly weights: io.WeightsManifestEntry[];
}

/** The file that a saved model begins with. */
export const MODEL_JSON = 'model.json';

/**
 * A saved model as the files that tfjs reads: `model.json` and `weights.bin`. For `writeFolder`, which writes both or none.
 *
 * @param artifacts as `operateInModel` and `upcycleInModel` return them, or as `model.save` hands them to
 *   `io.withSaveHandler`
 */
export function modelFiles(artifacts: io.ModelArtifacts): CheckpointFiles {
  const { weightSpecs = [], weightData = [], ...rest } = artifacts;
  const chunks = [weightData].flat().map((each) => new Uint8Array(each));
  const json = { ...rest, weightsManifest: [{ paths: ['./weights.bin'], weights: weightSpecs }] };
  return new Map([
    [MODEL_JSON, [new TextEncoder().encode(JSON.stringify(json))]],
    ['weights.bin', chunks],
  ]);
}

/** Whether JSON is that of a saved tfjs model. */
function isModelJson(json: unknown): boolean {
  return typeof json === 'object' && json !== null && 'modelTopology' in json && 'weightsManifest' in json;
}

/**
 * The other way round: from the JSON of a `model.json` and the files that it names, each of which is read once.
 * @throws MoeError for JSON that is no saved model's, and for weights outside its folder
 */
export async function modelFrom(
  who: string,
  json: unknown,
  read: (file: string) => Promise<Uint8Array>,
): Promise<io.ModelArtifacts> {
  if (!isModelJson(json))
    throw new MoeError(who, `${MODEL_JSON} must be what tf.LayersModel.save has written`, json);
  const { weightsManifest, ...rest } = json as { weightsManifest: readonly Manifest[] };
  const weightData: ArrayBuffer[] = [];
  for (const path of weightsManifest.flatMap(({ paths }) => paths)) {
    const file = path.replace(/^\.\//, '');
    if (!/^[^/\\:]+$/.test(file) || /^\.+$/.test(file))
      throw new MoeError(who, `weights must lie beside ${MODEL_JSON}`, path);
    // Not `slice`, which is no copy where the bytes are a Buffer of Node.
    weightData.push(Uint8Array.from(await read(file)).buffer);
  }
  return { ...rest, weightSpecs: weightsManifest.flatMap(({ weights }) => weights), weightData };
}
