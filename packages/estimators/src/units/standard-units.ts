import { type MeasureShape, type MixingMeasure, measureSpecs, readGate } from '@tfjs-moe/measures';
import type { Columns } from '../sample.ts';
import { type PartUnits, unitsOfExpert, unitsOfGate } from './part-units.ts';
import { plus, shifted, times, withRows } from './unit-changes.ts';

/** Inputs as one part sees them: less `means`, divided by `scales`. */
export interface InputUnits {
  readonly means: readonly number[];
  readonly scales: readonly number[];
}

export interface StandardUnits {
  readonly gate: InputUnits;
  readonly expert: InputUnits;
  readonly response: { readonly centre: number; readonly scale: number };
  /** A measure of standard data as one of the data. */
  toData(measure: MixingMeasure): MixingMeasure;
  /** The inverse. */
  fromData(measure: MixingMeasure): MixingMeasure;
}

export interface UnitsOptions {
  /** Whether the response is a number, whose units may change. */
  readonly isNumber: boolean;
  /** Whether gate and expert must see the same inputs. Default false. */
  readonly shared?: boolean;
  /**
   * Whether the gate's weights are those of the layer instead of a law's, which sum to 1 under every gate. Where they do
   * not, experts cannot take up a shift of the response. Default false.
   */
  readonly asLayer?: boolean;
}

/**
 * Standard units: inputs and response with mean 0 and standard deviation 1, wherever gate and expert can take up the
 * change (`part-units.ts`), and a measure's numbers in them.
 *
 * Starts drawn by initializers know nothing of years or grams: a logit of hundreds has no slope to climb, and an intercept
 * a thousand deviations away from the data is hard to find. In standard units it is neither.
 */
export function standardUnits(shape: MeasureShape, data: Columns, options: UnitsOptions): StandardUnits {
  const { isNumber, shared = false, asLayer = false } = options;
  const parts: readonly [PartUnits, PartUnits] = [unitsOfGate(shape), unitsOfExpert(shape)];
  const columns = data.inputs.map((column) => momentsOf(column, data.weights));
  const takesShift = parts.map(
    ({ kernels }) => kernels.length > 0 && kernels.every(({ bias }) => bias !== undefined),
  );
  const takesScale = parts.map(({ kernels }) => kernels.length > 0);
  const seesInputs = parts.map(
    ({ kernels }, p) => kernels.length > 0 || !ignoresInputs(shape, p === 0 ? 'gate' : 'expert'),
  );
  const both = (can: readonly boolean[]) => can.every((value, p) => value || !seesInputs[p]);
  const inputUnits = (p: 0 | 1): InputUnits => ({
    means: columns.map(({ mean }) => ((shared ? both(takesShift) : takesShift[p]) ? mean : 0)),
    scales: columns.map(({ deviation }) => ((shared ? both(takesScale) : takesScale[p]) ? deviation : 1)),
  });
  const units: [InputUnits, InputUnits] = [inputUnits(0), inputUnits(1)];
  const { factor, offset } = parts[1];
  const { mean, deviation } = momentsOf(data.response, data.weights);
  const takesCentre =
    isNumber &&
    offset !== undefined &&
    (!asLayer || (readGate(shape.gate, shape.experts)?.sumsToOne ?? false));
  const response = {
    centre: takesCentre ? mean : 0,
    scale: isNumber && factor.length > 0 ? deviation : 1,
  };
  const specs = measureSpecs(shape);
  const named = [specs.gate, specs.expert] as const;

  return {
    gate: units[0],
    expert: units[1],
    response,
    toData(measure) {
      const scaled = times(measure.expertParams, factor, response.scale);
      const expertParams = offset === undefined ? scaled : plus(scaled, offset, response.centre);
      const [gateParams, moved] = [measure.gateParams, expertParams].map((numbers, p) => {
        const { kernels } = parts[p]!;
        const { means, scales } = units[p]!;
        const divided = withRows(numbers, named[p]!, kernels, (value, d) => value / scales[d]!);
        return shifted(
          divided,
          named[p]!,
          kernels,
          means.map((value) => -value),
        );
      }) as [MixingMeasure['gateParams'], MixingMeasure['expertParams']];
      return withDeviations({ ...measure, gateParams, expertParams: moved }, response.scale);
    },
    fromData(measure) {
      const [gateParams, moved] = [measure.gateParams, measure.expertParams].map((numbers, p) => {
        const { kernels } = parts[p]!;
        const { means, scales } = units[p]!;
        const centred = shifted(numbers, named[p]!, kernels, means);
        return withRows(centred, named[p]!, kernels, (value, d) => value * scales[d]!);
      }) as [MixingMeasure['gateParams'], MixingMeasure['expertParams']];
      const shiftedBack = offset === undefined ? moved : plus(moved, offset, -response.centre);
      const expertParams = times(shiftedBack, factor, 1 / response.scale);
      return withDeviations({ ...measure, gateParams, expertParams }, 1 / response.scale);
    },
  };
}

/** Whether a column is far from standard units: in the thousands with a spread of tens, or in millionths. */
export function isFarFromStandard({ inputs, response, weights }: Columns): boolean {
  return [...inputs, response].some((column) => {
    const { mean, deviation } = momentsOf(column, weights);
    return Math.abs(mean) > 3 * deviation || deviation > 30 || deviation < 1 / 30;
  });
}

/** Columns in some units. */
export function inUnits(inputs: readonly Float64Array[], { means, scales }: InputUnits): Float64Array[] {
  return inputs.map((column, d) => column.map((value) => (value - means[d]!) / scales[d]!));
}

function withDeviations(measure: MixingMeasure, factor: number): MixingMeasure {
  const { dispersions } = measure;
  return dispersions === undefined
    ? measure
    : { ...measure, dispersions: dispersions.map((sigma) => sigma * factor) };
}

/** Whether a part has no parameter of the size of the inputs, as a constant expert. */
function ignoresInputs(shape: MeasureShape, part: 'gate' | 'expert'): boolean {
  const specs = measureSpecs(shape)[part];
  const wider = measureSpecs({ ...shape, inputDim: shape.inputDim + 1 })[part];
  return Object.entries(specs).every(([name, { shape: size }]) => `${size}` === `${wider[name]?.shape}`);
}

/** Weighted mean and standard deviation; a column that does not vary has the deviation 1. */
function momentsOf(column: Float64Array, weights: Float64Array): { mean: number; deviation: number } {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const mean = column.reduce((sum, value, i) => sum + (weights[i]! * value) / total, 0);
  const square = column.reduce((sum, value, i) => sum + (weights[i]! * (value - mean) ** 2) / total, 0);
  const deviation = Math.sqrt(square);
  return {
    mean: Number.isFinite(mean) ? mean : 0,
    deviation: deviation > 1e-12 * Math.abs(mean) && Number.isFinite(deviation) ? deviation : 1,
  };
}
