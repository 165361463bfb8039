import { type GateForm, type Router, type Runs, runCount, type SelectionForm } from '@tfjs-moe/core';
import { activation, exp } from './elementary.ts';
import { type Expression, factorsOf, termsOf } from './expression.ts';
import { type Logits, logitsOf } from './logits.ts';
import { type Factor, product } from './products.ts';
import { isMask } from './properties.ts';
import type { RecordedGate } from './record.ts';
import { groupsInside, runsOfSpread } from './runs.ts';
import { ordering } from './shares.ts';
import { sum } from './sums.ts';

/**
 * The form of a gate's weights, read from their normal form; nothing where they are not written so. What is returned is the
 * same function, not one that agrees at some points.
 * @param router the gate's own, where it names one
 */
export function gateFormOf(recorded: RecordedGate, router: Router | undefined): GateForm | undefined {
  return formOf({ recorded, router }, recorded.routing.weights, 1);
}

interface Context {
  readonly recorded: RecordedGate;
  readonly router: Router | undefined;
  /** Where selections are left out: what was, and the logits that were found. */
  readonly leftOut?: LeftOut;
}

/** What is left out of a gate whose form is looked for without its selections. */
export interface LeftOut {
  readonly masks: Expression[];
  readonly logits: Expression[];
  /** The numbers of runs of experts in each of which they are logits of one gate. */
  readonly runs: Set<string>;
}

/** The form that is left without any selection, wherever one is; what was left out is added to `leftOut`. */
export function denseFormOf(
  recorded: RecordedGate,
  router: Router | undefined,
  leftOut: LeftOut,
): GateForm | undefined {
  return formOf({ recorded, router, leftOut }, recorded.routing.weights, 1);
}

/** @param runs runs of experts in each of which the gate is one for itself */
function formOf(context: Context, weights: Expression, runs: Runs): GateForm | undefined {
  const { of } = context.recorded;
  const [{ term, coefficient: scale }, ...others] = termsOf(weights) as [
    ReturnType<typeof termsOf>[number],
    ...ReturnType<typeof termsOf>,
  ];
  if (others.length > 0 || !(scale > 0)) return undefined;
  const factors = keptOf(context, factorsOf(term));
  const levels = factors.filter(({ factor }) => factor.operation === 'spread');
  if (levels.length > 0) return treeOf(context, factors, scale, runs);
  const masks = factors.filter(({ factor }) => isMask(factor));
  const [kernel, ...rest] = factors.filter((factor) => !masks.includes(factor));
  if (kernel === undefined || rest.length > 0 || kernel.exponent !== 1) return undefined;
  const outside = masks.length > 0 ? product(of, masks) : undefined;
  return weighted(context, kernel.factor, outside, scale, runs);
}

/** Without masks where selections are left out. */
function keptOf({ leftOut }: Context, factors: readonly Factor[]): readonly Factor[] {
  if (leftOut === undefined) return factors;
  const masks = factors.filter(({ factor }) => isMask(factor));
  leftOut.masks.push(...masks.map(({ factor }) => factor));
  return factors.filter((factor) => !masks.includes(factor));
}

/** The outermost level is the factor that tells the fewest groups apart. */
function treeOf(
  context: Context,
  factors: readonly Factor[],
  scale: number,
  runs: Runs,
): GateForm | undefined {
  const { of } = context.recorded;
  // A tree inside of groups of unequal sizes has its levels above them.
  if (typeof runs !== 'number') return undefined;
  const widthOf = ({ factor }: Factor) =>
    factor.operation === 'spread' ? runCount(runsOfSpread(factor)) : Number.POSITIVE_INFINITY;
  const [above, ...below] = [...factors].sort((a, b) => widthOf(a) - widthOf(b)) as [Factor, ...Factor[]];
  const own = runsOfSpread(above.factor);
  const groups = groupsInside(runs, own);
  if (groups === undefined || above.exponent !== 1) return undefined;
  const outer = formOf(context, above.factor.inside[0]!, runs);
  const inner = formOf(context, sum(of, [{ term: product(of, below), coefficient: scale }]), own);
  return outer && inner && { type: 'hierarchical', groups, outer, inner };
}

/** A softmax or a sigmoid, with what is selected outside or inside of the share. */
function weighted(
  context: Context,
  weight: Expression,
  outside: Expression | undefined,
  scale: number,
  runs: Runs,
): GateForm | undefined {
  const { of } = context.recorded;
  const isShare = weight.operation === 'share';
  if (isShare && weight.name !== `${runs}`) return undefined;
  const factors = keptOf(context, factorsOf(isShare ? weight.inside[0]! : weight));
  const isMade = factors.some(({ factor }) => factor.operation === 'spread' || factor.operation === 'share');
  if (context.leftOut && isShare && isMade) return formOf(context, product(of, factors), runs);
  const masks = factors.filter(({ factor }) => isMask(factor));
  const [plain, ...rest] = factors.filter((factor) => !masks.includes(factor));
  if (plain?.exponent !== 1 || rest.length > 0 || (outside && masks.length > 0)) return undefined;
  const inside = masks.length > 0 ? product(of, masks) : undefined;
  const { operation, name } = plain.factor;
  const isSigmoid = operation === 'activation' && name === 'sigmoid';
  if (!isSigmoid && !(operation === 'exp' && isShare)) return undefined;
  // A sigmoid that is divided by the sum over all and then selected is none of the forms.
  if (isSigmoid && isShare && outside) return undefined;
  const logits = logitsOf(context.recorded, plain.factor.inside[0]!, context.router, !isSigmoid, runs);
  if (logits === undefined) return undefined;
  context.leftOut?.logits.push(plain.factor.inside[0]!);
  context.leftOut?.runs.add(`${runs}`);
  const mask = outside ?? inside;
  const selection = mask && selectionOf(context.recorded, mask, logits, isSigmoid, runs);
  if (mask && selection === undefined) return undefined;
  if (mask === undefined && scale !== 1 && !context.leftOut) return undefined;
  const { form } = logits;
  const selected = selection && {
    selection: { ...selection, renormalized: inside !== undefined, ...(scale !== 1 && { scale }) },
  };
  return isSigmoid
    ? { type: 'sigmoid', ...form, normalized: isShare && inside === undefined, ...selected }
    : { type: 'competitive', ...form, ...selected };
}

/** The k first places in the order of something that the forms know. */
function selectionOf(
  { of, specs, experts }: RecordedGate,
  mask: Expression,
  { value, score, form }: Logits,
  isSigmoid: boolean,
  runs: Runs,
): Omit<SelectionForm, 'renormalized' | 'scale'> | undefined {
  const ranks = termsOf(mask).map(({ term }) => term);
  const places = ranks.map(({ numbers }) => numbers[0]!).sort((a, b) => a - b);
  const isFirst =
    ranks.every(({ operation }) => operation === 'rank') && places.every((place, i) => place === i);
  if (!isFirst) return undefined;
  const k = ranks.length;
  const order = ranks[0]!.inside[0]!;
  if (order === ordering(of, runs, value)) return { k, by: 'logits' };
  if (form.bias !== undefined && order === ordering(of, runs, score)) return { k, by: 'scores' };
  const weights = isSigmoid ? activation(of, 'sigmoid', value) : of.share(runs, exp(of, value));
  const bias = termsOf(order).find(
    ({ term }) => term.operation === 'parameter' && specs[term.name]?.copies === experts,
  )?.term;
  if (bias === undefined) return undefined;
  const biased = sum(of, [
    { term: weights, coefficient: 1 },
    { term: bias, coefficient: 1 },
  ]);
  return order === biased ? { k, by: 'weights', bias: bias.name } : undefined;
}
