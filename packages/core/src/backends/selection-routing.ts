import type { CompetitiveForm, SigmoidForm } from '../traits/gate-form.ts';

/** The numbers of a gate's parameters, copy after copy. */
export type GateNumbers = Readonly<Record<string, ArrayLike<number>>>;

/** What is routed by, [tokens][experts]. */
export interface RoutedNumbers {
  readonly logits: readonly (readonly number[])[];
  readonly probabilities: readonly (readonly number[])[];
  readonly weights: readonly (readonly number[])[];
}

/**
 * How kernels route by a form that is a selection by a linear router: what the gate itself has to agree with before they are
 * let to. By plain loops. Nothing for other forms.
 */
export function selectionRouting(
  form: CompetitiveForm | SigmoidForm,
  numbers: GateNumbers,
  rows: readonly (readonly number[])[],
  experts: number,
): RoutedNumbers | undefined {
  const { router, path, bias, selection } = form;
  const kernelName = router.traits?.form?.kernel;
  const kernel = numbers[`${path === '' ? '' : `${path}/`}${kernelName}`];
  if (selection === undefined || kernel === undefined) return undefined;
  const isSigmoid = form.type === 'sigmoid';
  const tau = (!isSigmoid && form.temperature && numbers[form.temperature]?.[0]) || 1;
  const of = (name: string | undefined, e: number) => (name === undefined ? 0 : numbers[name]![e]!);
  const scores = rows.map((x) =>
    Array.from({ length: experts }, (_, e) =>
      x.reduce((sum, value, d) => sum + value * kernel[e * x.length + d]!, 0),
    ),
  );
  const logits = scores.map((row) => row.map((z, e) => (z + of(bias, e)) / tau));
  const dense = logits.map((row) => (isSigmoid ? row.map((z) => 1 / (1 + Math.exp(-z))) : softmax(row)));
  const weights = dense.map((all, t) => {
    const keys = {
      weights: all.map((p, e) => p + of(selection.bias, e)),
      logits: logits[t]!,
      scores: scores[t]!,
    }[selection.by];
    const order = keys.map((_, e) => e).sort((a, b) => keys[b]! - keys[a]! || a - b);
    const kept = all.map((p, e) => (order.indexOf(e) < selection.k ? p : 0));
    return (selection.renormalized ? divided(kept) : kept).map((w) => (selection.scale ?? 1) * w);
  });
  return { logits, probabilities: dense.map(divided), weights };
}

function divided(masses: readonly number[]): number[] {
  const sum = masses.reduce((total, mass) => total + mass, 0);
  return masses.map((mass) => mass / sum);
}

function softmax(logits: readonly number[]): number[] {
  const largest = Math.max(...logits);
  return divided(logits.map((z) => Math.exp(z - largest)));
}
