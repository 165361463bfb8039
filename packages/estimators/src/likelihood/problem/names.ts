import {
  expertTraits,
  fewestInputs,
  type InputLayer,
  type MeasureShape,
  readExpert,
  readGate,
} from '@tfjs-moe/measures';
import { scoreParameters } from '../../score-parameters.ts';
import type { Entry } from './layout.ts';

/** The table that a number stands in. */
export function groupOf({ part, name, copy, copies }: Entry, { experts }: MeasureShape): string {
  if (part === 'noise') return copies === 1 && experts > 1 ? 'noise' : `expert ${copy + 1}`;
  if (part === 'expert') return copies === experts ? `expert ${copy + 1}` : 'experts';
  if (name.startsWith('outer/')) return `gate of group ${copy + 1}`;
  return copies === experts ? `gate ${copy + 1}` : copies === 1 ? 'gate' : `gate (${name}) ${copy + 1}`;
}

/** Names of the estimates of a model. */
export type NameOf = (entry: Entry, inputNames: readonly string[]) => string;

/**
 * Names of the estimates, as a regression table has them: the intercept and the inputs where a gate or an expert says, or is
 * found, to be linear in them; the parameter's own name with its place elsewhere.
 * @param responses of several Gaussian ones, what each is called
 */
export function namesFor(shape: MeasureShape, responses?: readonly string[]): NameOf {
  const { biases, kernels } = scoreParameters(shape);
  const line = lineOf(shape);
  const layersOfGate = readGate(shape.gate, shape.experts)?.inputLayers ?? [];

  return ({ part, name, index, spec }, inputNames) => {
    if (part === 'noise') return name.replace(/^log /, '');
    const [rows, columns] = spec!.shape.length === 2 ? spec!.shape : [1, spec!.shape[0]];
    const [row, column] = [Math.floor(index / columns), index % columns];
    if (part === 'gate') {
      if (biases.includes(name)) return '(Intercept)';
      const { features } = layersOfGate.find(({ kernel }) => kernel === name) ?? {};
      const width = features?.length ?? shape.inputDim;
      if (kernels.includes(name) && rows === 1 && columns === width)
        return inputNames[features?.[column] ?? column]!;
    } else if (line !== undefined) {
      const ofClass = (text: string) =>
        (shape.units ?? 1) > 1 ? `${responses?.[column] ?? `class ${column}`}: ${text}` : text;
      return ofClass(name === line.bias ? '(Intercept)' : inputNames[line.features?.[row] ?? row]!);
    }
    const place = rows === 1 ? `${column}` : `${row},${column}`;
    return `${name.replace(/^(outer|inner)\//, '')}[${place}]`;
  };
}

/** The map of an expert that is one affine map of the input, of some of its features or of none. */
function lineOf({ expert }: MeasureShape): Partial<InputLayer> | undefined {
  const { form, linearIn = [] } = expertTraits(expert);
  if (form !== undefined)
    return form.of !== 'direction' && (form.activation ?? 'identity') === 'identity' ? form : undefined;
  const [layer, ...others] = readExpert(expert)?.inputLayers ?? [];
  const names = [layer?.kernel, layer?.bias].filter((name) => name !== undefined);
  const all = Object.keys(fewestInputs((inputDim) => expert.params(inputDim, 1)).specs);
  const isWhole = all.every((name) => names.includes(name) && linearIn.includes(name));
  return others.length === 0 && isWhole ? layer : undefined;
}
