import { expertTraits, type MeasureShape } from '@tfjs-moe/measures';
import { scoreParameters } from '../../score-parameters.ts';
import type { Entry } from '../problem/layout.ts';

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
 */
export function namesFor(shape: MeasureShape, dispersion = 'sigma'): NameOf {
  const { biases, kernels } = scoreParameters(shape);
  const { form: line } = expertTraits(shape.expert);
  const isLine =
    line !== undefined && line.of !== 'direction' && (line.activation ?? 'identity') === 'identity';

  return ({ part, name, index, spec }, inputNames) => {
    if (part === 'noise') return dispersion;
    const [rows, columns] = spec!.shape.length === 2 ? spec!.shape : [1, spec!.shape[0]];
    const [row, column] = [Math.floor(index / columns), index % columns];
    if (part === 'gate') {
      if (biases.includes(name)) return '(Intercept)';
      if (kernels.includes(name) && rows === 1 && columns === shape.inputDim) return inputNames[column]!;
    } else if (isLine) {
      const ofClass = (text: string) => ((shape.units ?? 1) > 1 ? `class ${column}: ${text}` : text);
      return ofClass(name === line.bias ? '(Intercept)' : inputNames[row]!);
    }
    const place = rows === 1 ? `${column}` : `${row},${column}`;
    return `${name.replace(/^(outer|inner)\//, '')}[${place}]`;
  };
}
