import { expectKnownOptions, MoeError } from '@tfjs-moe/core';

/**
 * What holds between the coefficients of a fit, by the names that its tables have.
 *
 * `equal` are numbers that all experts share: `x1`, `(Intercept)`, `sigma`. `absent` are coefficients that are 0:
 * `expert 1: x1`, `gate: z` for every contrast of the gate, `x1` for experts and gate. `fixed` are equations, as `waldTest`
 * reads them: `expert 1: x1 = 0.5`, `expert: shape = 1`, `expert 1: x1 = 2 * expert 2: x1`, each among the experts or
 * within the gate.
 */
export interface CoefficientStructure {
  readonly equal?: readonly string[];
  readonly fixed?: readonly string[];
  readonly absent?: readonly string[];
}

const known = ['equal', 'fixed', 'absent'] as const;

/** A structure, checked; nothing where nothing holds. */
export function expectStructure(
  who: string,
  given: CoefficientStructure | undefined,
): CoefficientStructure | undefined {
  if (given === undefined) return undefined;
  expectKnownOptions(`${who}: structure`, given, known);
  for (const name of known) {
    const list: unknown = given[name] ?? [];
    if (!Array.isArray(list) || list.some((each) => typeof each !== 'string'))
      throw new MoeError(who, `structure: ${name} must be a list of texts`, list);
  }
  return known.some((name) => (given[name]?.length ?? 0) > 0) ? given : undefined;
}
