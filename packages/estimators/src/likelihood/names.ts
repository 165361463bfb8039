/**
 * Names of the estimates, as a regression table has them: the intercept and the inputs where a parameter is one number
 * per input, the parameter's own name with its place elsewhere.
 */
import type { MeasureShape } from '@tfjs-moe/measures';
import type { Entry } from './layout.ts';

/** The table that a number stands in. */
export function groupOf({ part, name, copy, copies }: Entry, { experts }: MeasureShape): string {
  if (part === 'noise') return copies === 1 && experts > 1 ? 'noise' : `expert ${copy + 1}`;
  if (part === 'expert') return copies === experts ? `expert ${copy + 1}` : 'experts';
  if (name.startsWith('outer/')) return `gate of group ${copy + 1}`;
  return copies === experts ? `gate ${copy + 1}` : copies === 1 ? 'gate' : `gate (${name}) ${copy + 1}`;
}

export function nameOf(
  { part, name, index, spec }: Entry,
  shape: MeasureShape,
  inputNames: readonly string[],
): string {
  if (part === 'noise') return 'sigma';
  const [rows, columns] = spec!.shape.length === 2 ? spec!.shape : [1, spec!.shape[0]];
  const [row, column] = [Math.floor(index / columns), index % columns];
  const last = name.replace(/^(outer|inner)\//, '');
  if (part === 'gate') {
    if (last === 'bias') return '(Intercept)';
    if (last === 'router/kernel' && columns === shape.inputDim) return inputNames[column]!;
  } else {
    const { kind } = shape.expert;
    const ofClass = (text: string) => ((shape.units ?? 1) > 1 ? `class ${column}: ${text}` : text);
    if (kind === 'linear' || kind === 'polynomial') {
      return ofClass(name === 'bias' ? '(Intercept)' : inputNames[row]!);
    }
    if (kind === 'constant') return ofClass('(Intercept)');
  }
  const place = rows === 1 ? `${column}` : `${row},${column}`;
  return `${last}[${place}]`;
}
