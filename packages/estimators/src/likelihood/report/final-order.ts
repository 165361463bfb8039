import { canonical, expertMeans, type MixingMeasure } from '@tfjs-moe/measures';
import { inOrder } from '../../in-order.ts';
import { areExchangeable, isAlikeThroughout } from '../problem/exchangeable.ts';
import type { Problem } from '../problem/problem.ts';

/**
 * The measure with its experts in the order that tables have: canonical, but for a zero expert, which stays the last, and
 * for experts of which a structure or their families say different things, which keep their places; those of which they say
 * the same are in canonical order among themselves.
 */
export function inFinalOrder(problem: Problem, measure: MixingMeasure): MixingMeasure {
  const { layout, data } = problem;
  if (!isAlikeThroughout(problem)) return amongAlike(measure, (a, b) => areExchangeable(problem, a, b));
  const sorted = canonical(measure);
  if (!layout.zeroExpert) return sorted;
  const outputs = expertMeans(sorted, [data.inputs.map((column) => column[0]!)]);
  const zero = outputs.indexOf(Math.min(...outputs));
  const others = Array.from(outputs.keys()).filter((e) => e !== zero);
  return inOrder(sorted, [...others, zero]);
}

function amongAlike(
  measure: MixingMeasure,
  isExchangeable: (a: number, b: number) => boolean,
): MixingMeasure {
  const all = Array.from({ length: measure.experts }, (_, e) => e);
  const alike = all.map((e) => all.filter((other) => isExchangeable(e, other)));
  if (alike.every(({ length }) => length === 1)) return measure;
  // Dispersions go where their experts go, so that these say who went where.
  const tags = canonical({ ...measure, dispersions: all.map((e) => 1 + e) }).dispersions!;
  const ranked = tags.map((tag) => Math.round(tag) - 1);
  const order = all.map((e) => ranked.filter((source) => alike[e]!.includes(source))[alike[e]!.indexOf(e)]!);
  return inOrder(measure, order);
}
