import {
  arrayInput,
  arrayOps,
  type GateForm,
  mapNames,
  type ParamSpecs,
  paramSize,
  runCount,
  runSizes,
  type ScoredForm,
  type SelectionForm,
  scoped,
  tableOf,
} from '@tfjs-moe/core';
import { valuesOf } from '@tfjs-moe/core/testing';

/** The numbers of a gate for some inputs, and which of several instances of a form inside it is meant. */
export interface FormInput {
  readonly specs: ParamSpecs;
  readonly data: Readonly<Record<string, Float64Array>>;
  readonly rows: number[][];
  readonly experts: number;
  /** Default 0. */
  readonly instance?: number;
  /** How many experts the instances before have. Default 0. */
  readonly before?: number;
}

/** The weights that a form says a gate has, [rows][experts], by plain loops that know nothing of the gate's `route`. */
export function formWeights(form: GateForm, input: FormInput): number[][] {
  if (form.type === 'hierarchical') return treeWeights(form, input);
  const logits = logitsOf(form, input);
  const scores =
    form.selection?.by === 'scores' ? logitsOf({ router: form.router, path: form.path }, input) : logits;
  const biases = form.selection?.bias === undefined ? [] : numbersOf(form.selection.bias, input);
  return logits.map((row, t) => {
    const masses = form.type === 'sigmoid' ? row.map(sigmoid) : exponentials(row, form.temperature, input);
    const dense = form.type === 'sigmoid' && !form.normalized ? masses : divided(masses);
    const { selection } = form;
    if (selection === undefined) return dense;
    const keys = selection.by === 'weights' ? dense.map((w, e) => w + (biases[e] ?? 0)) : scores[t]!;
    const mask = firstOf(keys, selection);
    const kept = (selection.renormalized ? masses : dense).map((w, e) => w * mask[e]!);
    const weights = selection.renormalized ? divided(kept) : kept;
    return weights.map((w) => (selection.scale ?? 1) * w);
  });
}

function treeWeights(form: Extract<GateForm, { type: 'hierarchical' }>, input: FormInput): number[][] {
  const { instance = 0, before = 0 } = input;
  const groups = runCount(form.groups);
  const outer = formWeights(form.outer, { ...input, experts: groups, before: instance * groups });
  let first = before;
  const inner = runSizes('traits.form', form.groups, input.experts).map((experts, g) => {
    const weights = formWeights(form.inner, {
      ...input,
      experts,
      instance: instance * groups + g,
      before: first,
    });
    first += experts;
    return weights;
  });
  const shares = (g: number, t: number) => inner[g]![t]!;
  return outer.map((row, t) => row.flatMap((weight, g) => shares(g, t).map((share) => weight * share)));
}

/** $\pi + \beta_0$, [rows][experts]. */
function logitsOf(
  { router, path, bias }: Pick<ScoredForm, 'router' | 'path' | 'bias'>,
  input: FormInput,
): number[][] {
  const { rows, experts } = input;
  const specs = mapNames(router.params(rows[0]?.length ?? 0), (spec, name) => ({
    ...spec,
    copies: spec.shared ? 1 : experts,
    name,
  }));
  const own = scoped(
    path,
    mapNames(input.specs, (_, name) => name),
  );
  const data = mapNames(specs, (_, name) => numbersOf(own[name]!, input));
  const z = router.logit(arrayOps, arrayInput(rows), valuesOf(specs, data));
  const table = tableOf(z);
  const biases = bias === undefined ? [] : numbersOf(bias, input);
  return rows.map((_, t) => table[table.length === 1 ? 0 : t]!.map((score, e) => score + (biases[e] ?? 0)));
}

/** The numbers of this instance's copies of a parameter, one copy per expert. */
function numbersOf(name: string, { specs, data, before = 0, experts }: FormInput): Float64Array {
  const spec = specs[name]!;
  if (spec.shared) return data[name]!;
  const size = paramSize(spec);
  return data[name]!.subarray(before * size, (before + experts) * size);
}

/** Proportional to $e^{z / \tau}$. */
function exponentials(row: readonly number[], temperature: string | undefined, input: FormInput): number[] {
  const { specs, data, instance = 0 } = input;
  const tau = temperature === undefined ? 1 : data[temperature]![specs[temperature]!.shared ? 0 : instance]!;
  const largest = Math.max(...row);
  return row.map((z) => Math.exp((z - largest) / tau));
}

function divided(masses: readonly number[]): number[] {
  const sum = masses.reduce((total, mass) => total + mass, 0);
  return masses.map((mass) => mass / sum);
}

/** 1 for the k largest keys, ties to the lower index. */
function firstOf(keys: readonly number[], { k }: SelectionForm): number[] {
  const order = keys.map((_, e) => e).sort((a, b) => keys[b]! - keys[a]! || a - b);
  return keys.map((_, e) => (order.indexOf(e) < k ? 1 : 0));
}

function sigmoid(z: number): number {
  return 1 / (1 + Math.exp(-z));
}
