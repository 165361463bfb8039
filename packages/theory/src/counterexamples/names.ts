import { expectPositive, MoeError, paramSize } from '@tfjs-moe/core';
import { expertTraits, type MixingMeasure, measureSpecs, routerTraits } from '@tfjs-moe/measures';
import { routerName } from '../mixture/covered-form.ts';
import { type Amplitude, amplitudeOf } from './amplitude.ts';
import { innermost } from './twice.ts';

/** The name of a gate's $\beta_1$ by its form, that of its innermost level; `router/kernel` where its form is unknown. */
export function kernelName(truth: MixingMeasure): string {
  const form = innermost(truth)?.form;
  return form === undefined
    ? 'router/kernel'
    : routerName(form, routerTraits(form.router).form?.kernel ?? 'kernel');
}

/** Refuses a name that a measure's gate or expert does not have, in the name of who was called. */
export function expectParameter(who: string, of: MixingMeasure, part: 'gate' | 'expert', name: string): void {
  if (Object.hasOwn(measureSpecs(of)[part], name)) return;
  throw new MoeError(who, `the ${part} has no parameter "${name}"`);
}

/** Refuses parameters that atoms do not have for their own as well. */
export function expectOwn(who: string, of: MixingMeasure, part: 'gate' | 'expert', name: string): void {
  expectParameter(who, of, part, name);
  const { shared, copies } = measureSpecs(of)[part][name]!;
  if (!shared && copies === of.experts) return;
  throw new MoeError(who, `the parameter "${name}" of the ${part} is not one per expert`);
}

/**
 * The name of a number that an expert is linear in: b of a linear expert, the constant of a constant one. Refuses experts
 * that have none.
 */
export function expectShift(who: string, truth: MixingMeasure, given: string | undefined): string {
  const specs = measureSpecs(truth).expert;
  const { form, linearIn = [] } = expertTraits(truth.expert);
  const own = [form?.bias, ...linearIn].find(
    (name) =>
      name !== undefined && specs[name] !== undefined && paramSize(specs[name]!) === (truth.units ?? 1),
  );
  const name = given ?? own;
  if (name === undefined)
    throw new MoeError(who, `the expert ${truth.expert.kind} has no bias; see scaleSplit`);
  expectOwn(who, truth, 'expert', name);
  return name;
}

/** What an expert is homogeneous in: what is given, or what its traits say or is found by trying. */
export function expectAmplitude(
  who: string,
  { expert, ...of }: MixingMeasure,
  given: { readonly parameters?: readonly string[]; readonly degree?: number },
): Amplitude {
  const { parameters } = given;
  if (parameters === undefined) {
    const found = amplitudeOf(expert);
    if (found !== undefined) {
      for (const name of found.parameters) expectOwn(who, { expert, ...of }, 'expert', name);
      return {
        ...found,
        ...(given.degree !== undefined && { degree: expectPositive(who, 'degree', given.degree) }),
      };
    }
    throw new MoeError(who, `the expert ${expert.kind} is homogeneous in none of its parameters`);
  }
  if (!Array.isArray(parameters) || parameters.length === 0) {
    throw new MoeError(who, 'parameters must be a list of names', parameters);
  }
  for (const name of parameters) expectOwn(who, { expert, ...of }, 'expert', name);
  return { parameters, degree: expectPositive(who, 'degree', given.degree ?? 1) };
}
