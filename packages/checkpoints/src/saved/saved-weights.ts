import type { io } from '@tensorflow/tfjs-core';
import { MoeError } from '@tfjs-moe/core';

/** One weight of a saved model, as it lies in the file. */
export interface SavedWeight {
  readonly spec: io.WeightsManifestEntry;
  readonly bytes: Uint8Array;
}

const sizes: Readonly<Record<string, number>> = {
  float32: 4,
  int32: 4,
  bool: 1,
  uint8: 1,
  uint16: 2,
  float16: 2,
  complex64: 8,
};

/** The weights of a saved model, each with its own bytes, which are not copied where they lie in one piece. */
export function savedWeights(who: string, { weightSpecs, weightData }: io.ModelArtifacts): SavedWeight[] {
  if (weightSpecs === undefined || weightData === undefined)
    throw new MoeError(
      who,
      'the saved model must have its weights',
      Object.keys({ weightSpecs, weightData }),
    );
  const all = inOnePiece(weightData);
  let at = 0;
  const weights = weightSpecs.map((spec) => {
    const size = sizes[spec.quantization?.dtype ?? spec.dtype];
    if (size === undefined) throw new MoeError(who, `${spec.name} must hold numbers`, spec.dtype);
    const begin = at;
    at += spec.shape.reduce((product, length) => product * length, size);
    return { spec, bytes: all.subarray(begin, at) };
  });
  if (at === all.length) return weights;
  throw new MoeError(who, `the weights of the saved model must have ${at} bytes`, all.length);
}

/** Weights as a saved model has them. */
export function weightsAsSaved(
  weights: readonly SavedWeight[],
): Required<Pick<io.ModelArtifacts, 'weightSpecs' | 'weightData'>> {
  const data = new Uint8Array(weights.reduce((size, { bytes }) => size + bytes.length, 0));
  let at = 0;
  for (const { bytes } of weights) {
    data.set(bytes, at);
    at += bytes.length;
  }
  return { weightSpecs: weights.map(({ spec }) => spec), weightData: data.buffer };
}

function inOnePiece(data: io.WeightData): Uint8Array {
  if (!Array.isArray(data)) return new Uint8Array(data);
  const all = new Uint8Array(data.reduce((size, piece) => size + piece.byteLength, 0));
  let at = 0;
  for (const piece of data) {
    all.set(new Uint8Array(piece), at);
    at += piece.byteLength;
  }
  return all;
}
