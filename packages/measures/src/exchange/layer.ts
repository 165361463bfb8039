/**
 * Between mixing measures and the `MixtureOfExperts` layer of tfjs: a trained layer becomes a measure, to be predicted
 * with in float64, tested and compared; a fitted measure becomes the weights of a layer, to be trained on or deployed.
 *
 * Only the shape of a layer is asked for here, so tfjs is not imported. Layers keep float32: seven digits.
 */
import { type Config, getExpert, getGate, MoeError, mapNames, type ParamSpecs } from '@tfjs-moe/core';
import {
  expectMeasure,
  type MeasureShape,
  type MixingMeasure,
  measureSpecs,
  mixingMeasure,
} from '../measure/mixing-measure.ts';

/** What is asked of a layer. */
export interface LayerLike {
  getConfig(): object;
  readonly weights: readonly {
    readonly originalName: string;
    readonly shape: readonly (number | null)[];
    read(): { data(): Promise<ArrayLike<number>> };
  }[];
}

/** Options for `mixtureOfExperts`. */
export interface LayerOptions {
  readonly experts: number;
  readonly gate: Config;
  readonly expert: Config;
  readonly units: number;
  readonly inputShape: [number];
}

/** What the config of a layer holds, as far as it is asked. */
type LayerConfig = Partial<LayerOptions> & { readonly shared?: unknown };

/** One weight of a layer. */
export interface LayerWeight {
  /** As the layer names it, below its own name: `gate/bias`, `expert/layer_1/kernel`. */
  readonly name: string;
  readonly shape: number[];
  readonly values: Float32Array;
}

/**
 * The measure of a built layer. Parameters outside their box come inside it, as they do in the layer.
 * @throws MoeError if the layer has not been built, has shared experts, or its experts are not of one definition
 */
export async function measureFromLayer(layer: LayerLike): Promise<MixingMeasure> {
  const who = 'measureFromLayer';
  if (typeof layer?.getConfig !== 'function')
    throw new MoeError(who, 'layer must be a MixtureOfExperts', layer);
  const { gate, expert, experts, units, shared } = layer.getConfig() as LayerConfig;
  if (gate === undefined || expert === undefined || experts === undefined) {
    throw new MoeError(who, 'the layer must be a MixtureOfExperts');
  }
  if (shared != null) {
    throw new MoeError(who, 'the layer has shared experts, which no mixture has that a measure describes');
  }
  const { weights } = layer;
  if (weights.length === 0) throw new MoeError(who, 'the layer must be built: apply it to an input first');
  // The layer's own name comes first.
  const weightOf = (name: string) =>
    weights.find(({ originalName }) => originalName === name || originalName.endsWith(`/${name}`));
  const shapeOf = (name: string) => weightOf(name)?.shape.map(Number);
  const parts = { gate: getGate(gate, who), expert: getExpert(expert, who), experts };
  const inputDim = sizeThatFits(shapeOf, (size) => named({ ...parts, inputDim: size, units: 1 })) ?? 1;
  const shape: MeasureShape = {
    ...parts,
    inputDim,
    units: units ?? sizeThatFits(shapeOf, (size) => named({ ...parts, inputDim, units: size })) ?? inputDim,
  };
  const numbers = async (path: string, specs: ParamSpecs): Promise<Record<string, number[]>> => {
    const read = Object.entries(specs).map(async ([name, { constraint = {} }]) => {
      const weight = weightOf(`${path}/${name}`);
      if (weight === undefined) throw new MoeError(who, `the layer has no weight "${path}/${name}"`);
      const { min = -Infinity, max = Infinity } = constraint;
      return [
        name,
        Array.from(await weight.read().data(), (value) => Math.min(max, Math.max(min, value))),
      ] as const;
    });
    return Object.fromEntries(await Promise.all(read));
  };
  const specs = measureSpecs(shape);
  return mixingMeasure({
    ...shape,
    gateParams: await numbers('gate', specs.gate),
    expertParams: await numbers('expert', specs.expert),
  });
}

/** The options of a layer with a measure's gate and experts: `mixtureOfExperts(layerOptions(measure))`. */
export function layerOptions(measure: MixingMeasure): LayerOptions {
  const { gate, expert, experts, inputDim, units = 1 } = expectMeasure('layerOptions', 'measure', measure);
  return { experts, gate: gate.config, expert: expert.config, units, inputShape: [inputDim] };
}

/**
 * A measure's numbers in the order of the weights of a layer made by `layerOptions`, for
 * `layer.setWeights(weightsForLayer(measure).map(({ values, shape }) => tf.tensor(values, shape)))`.
 */
export function weightsForLayer(measure: MixingMeasure): LayerWeight[] {
  const specs = measureSpecs(expectMeasure('weightsForLayer', 'measure', measure));
  const all = (['gate', 'expert'] as const).flatMap((part) =>
    Object.entries(specs[part]).map(([name, { copies, shape, trainable = true }]) => ({
      trainable,
      name: `${part}/${name}`,
      shape: [copies, ...shape],
      values: Float32Array.from(
        (part === 'gate' ? measure.gateParams : measure.expertParams)[name] as number[],
      ),
    })),
  );
  // A layer lists what can be trained first.
  const ordered = [...all.filter(({ trainable }) => trainable), ...all.filter(({ trainable }) => !trainable)];
  return ordered.map(({ name, shape, values }) => ({ name, shape, values }));
}

/** The shapes of a layer's weights by name. */
function named(shape: MeasureShape): Map<string, number[]> {
  const specs = measureSpecs(shape);
  const shapes = (path: string, of: ParamSpecs) =>
    Object.entries(mapNames(of, (spec) => [spec.copies, ...spec.shape])).map(
      ([name, numbers]) => [`${path}/${name}`, numbers] as const,
    );
  return new Map([...shapes('gate', specs.gate), ...shapes('expert', specs.expert)]);
}

/** The size (of inputs, of outputs) for which specifications get the shapes at hand: shapes grow with it in steps. */
function sizeThatFits(
  given: (name: string) => readonly number[] | undefined,
  of: (size: number) => Map<string, number[]>,
): number | undefined {
  const [one, two] = [of(1), of(2)];
  for (const [name, shape] of one) {
    const actual = given(name);
    const axis = shape.findIndex((length, i) => two.get(name)?.[i] !== length);
    if (actual === undefined || axis < 0) continue;
    const step = two.get(name)![axis]! - shape[axis]!;
    return 1 + (actual[axis]! - shape[axis]!) / step;
  }
  return undefined;
}
