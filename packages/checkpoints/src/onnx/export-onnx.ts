import { LayersModel } from '@tensorflow/tfjs-layers';
import { expectInteger, expectKnownOptions, expectOneOf, MoeError } from '@tfjs-moe/core';
import { MixtureOfExperts } from '@tfjs-moe/layers';
import { type Axis, onnxGraph } from './graph.ts';
import { mixtureNodes } from './mixture-nodes.ts';
import { modelNodes } from './model-nodes.ts';

/** Options of `exportOnnx`. */
export interface ExportOnnxOptions {
  /** Axes of the input of a single layer, whose last are the features; a model has its own. Default 2. */
  readonly rank?: number;
  /**
   * What a mixture is written in: `'plain'` operators, which every runtime has, or `'com.microsoft'`, in which it is one
   * operator of onnxruntime that computes the selected experts alone. Default `'plain'`.
   */
  readonly operators?: 'plain' | 'com.microsoft';
}

/**
 * A trained layer, or a model that contains it, as an ONNX file of plain operators, opset 17: what onnxruntime, in any
 * language, computes in evaluation mode.
 *
 * Gates and experts are translated operation by operation, those of your own too, so there is no list of kinds. Every expert
 * computes every token, and weights are 0 where a token is not sent: right everywhere, and as fast as `dispatch: 'dense'`.
 * With `operators: 'com.microsoft'` onnxruntime dispatches, of gates whose weights are not negative, as all here are, to
 * experts of two affine maps or of SwiGLU, limited and offset as in gpt-oss too, with as many outputs as inputs.
 *
 * Inputs and outputs are float32, `input` and `output` (`input_0`, ... where a model has several), with free batch sizes.
 *
 * @param source a built layer, or a model of Dense, Activation, LayerNormalization and the like
 * @throws MoeError for a gate that looks at several tokens or has side inputs, a layer that drops tokens, experts that are
 *   layers, and layers of other kinds; with `operators: 'com.microsoft'` also for what that operator does not have
 * @example await writeFile('model.onnx', await exportOnnx(model));
 */
export async function exportOnnx(
  source: MixtureOfExperts | LayersModel,
  options: ExportOnnxOptions = {},
): Promise<Uint8Array> {
  const who = 'exportOnnx';
  expectKnownOptions(who, options, ['rank', 'operators']);
  const operators = expectOneOf(who, 'operators', options.operators ?? 'plain', ['plain', 'com.microsoft']);
  const rank = expectInteger(who, 'rank', options.rank ?? 2, { min: 2, max: 8 });
  const graph = onnxGraph('tfjs-moe');
  if (source instanceof MixtureOfExperts) {
    const outer = Array.from({ length: rank - 1 }, (_, i) => `n${i}`);
    const x = graph.input('input', [...outer, 'features']);
    graph.output('output', await mixtureNodes(graph, source, x, operators), [...outer, 'units']);
    return graph.bytes();
  }
  if (!(source instanceof LayersModel))
    throw new MoeError(who, 'the source must be a layer or a model', source);
  const named = (what: string, count: number) => (i: number) => (count === 1 ? what : `${what}_${i}`);
  const axes = (shape: readonly (number | null)[]): Axis[] => shape.map((size, i) => size ?? `n${i}`);
  const inputName = named('input', source.inputs.length);
  const inputs = source.inputs.map(({ shape }, i) => graph.input(inputName(i), axes(shape)));
  const outputs = await modelNodes(graph, source, inputs, operators);
  const outputName = named('output', outputs.length);
  outputs.forEach((value, i) => {
    graph.output(outputName(i), value, axes(source.outputs[i]!.shape));
  });
  return graph.bytes();
}
