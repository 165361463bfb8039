/** Checks and conversions that the layer's contract suites share. */
import type * as tf from '@tensorflow/tfjs-core';
import { io } from '@tensorflow/tfjs-core';
import type { LayersModel, LayerVariable } from '@tensorflow/tfjs-layers';
import { assert } from '@tfjs-moe/core/testing';

/** Numbers that agree to a tolerance relative to the largest of them (and never finer than that of 1e-3). */
export function assertNear(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  what: string,
  tolerance: number,
): void {
  assert(
    actual.length === expected.length,
    `${what}: ${actual.length} numbers instead of ${expected.length}`,
  );
  const scale = Array.from(expected).reduce((most, value) => Math.max(most, Math.abs(value)), 1e-3);
  for (let i = 0; i < actual.length; i++) {
    const [a, b] = [actual[i]!, expected[i]!];
    assert(
      Math.abs(a - b) <= tolerance * scale,
      `${what}: number ${i} is ${a} instead of ${b} (scale ${scale})`,
    );
  }
}

/** Numbers that are finite in the same places, and agree there to a tolerance relative to the largest of them. */
export function assertAlike(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  what: string,
  tolerance: number,
): void {
  const finite = Array.from(expected, (value) => Number.isFinite(value));
  assert(
    actual.length === expected.length,
    `${what}: ${actual.length} numbers instead of ${expected.length}`,
  );
  finite.forEach((known, i) => {
    assert(
      Number.isFinite(actual[i]) === known,
      `${what}: number ${i} is ${actual[i]} instead of ${expected[i]}`,
    );
  });
  const only = (numbers: ArrayLike<number>) => Array.from(numbers).filter((_, i) => finite[i]);
  assertNear(only(actual), only(expected), what, tolerance);
}

/** The name of a weight below its layer: `gate/router/kernel`. */
export function readWeight(weight: LayerVariable): string {
  return weight.originalName.slice(weight.originalName.search(/(gate|expert|shared)\//));
}

/** Saves a model in memory and returns the handler that loads it. */
export async function keptModel(model: LayersModel): Promise<tf.io.IOHandler> {
  let kept: tf.io.ModelArtifacts | undefined;
  await model.save(
    io.withSaveHandler(async (artifacts) => {
      // What reaches a disk is JSON.
      const modelTopology = JSON.parse(JSON.stringify(artifacts.modelTopology));
      kept = { ...artifacts, modelTopology };
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
    }),
  );
  return io.fromMemory(kept!);
}
