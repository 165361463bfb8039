import type { Tensor } from '@tensorflow/tfjs-core';

const runtime = await import('onnxruntime-node').catch((error: unknown) => `onnxruntime-node: ${error}`);

/** Why onnxruntime cannot run here; undefined where it can. */
export const noRuntime: string | undefined = typeof runtime === 'string' ? runtime : undefined;

/** What onnxruntime makes of an input. */
export async function runOnnx(
  file: Uint8Array,
  x: Tensor,
): Promise<{ dims: readonly number[]; data: Float32Array }> {
  if (typeof runtime === 'string') throw new Error(runtime);
  const session = await runtime.InferenceSession.create(file, { logSeverityLevel: 3 });
  const input = new runtime.Tensor('float32', (await x.data()) as Float32Array, x.shape);
  const { output } = await session.run({ input });
  await session.release();
  return { dims: output!.dims, data: output!.data as Float32Array };
}
