import { lettersOf } from '../letters.ts';
import { didYouMean } from './did-you-mean.ts';

/** Activations of tfjs that have no equal here, by their letters. */
const activations =
  /^(elu|selu|relu6|leakyrelu|prelu|hardsigmoid|softsign|softmax|logsoftmax|mish|thresholdedrelu)$/;

/** What to say of something that names no activation. */
export function insteadOfActivation(given: unknown, known: readonly string[]): string {
  if (typeof given === 'function') return ' (a name, not a function)';
  return typeof given === 'string' ? insteadOfName(given, known, activations) : '';
}

/** What to say of something that names no initializer. */
export function insteadOfInitializer(given: unknown, known: readonly string[]): string {
  if (typeof given === 'function') return ' (call the function of tf.initializers)';
  return typeof given === 'string' ? insteadOfName(given, known, /^(identity|orthogonal)$/) : '';
}

function insteadOfName(name: string, known: readonly string[], withoutEqual: RegExp): string {
  return withoutEqual.test(lettersOf(name))
    ? `; tfjs's "${name}" has no equal among them (experts that are tfjs layers, layerExperts(...), may use it)`
    : didYouMean(name, known);
}
