/**
 * The partial differential equations that tie the parameters of a gate to each other and to those of an expert: linear
 * relations between $F = \exp(\text{logit})\,h$ and its derivatives, found, not looked up.
 *
 * They are why some pairs learn slowly: $\partial_{\beta_1}\partial_b F = \partial_a F$ for experts of an inner product,
 * $\tau\,\partial_\tau F = -\beta_1^\top\partial_{\beta_1} F$ for a temperature over a linear router. Coefficients are
 * those at the parameters that were drawn; an equation whose coefficients stay the same at other parameters is marked
 * `constant`.
 *
 * Source: Nguyen, Ho and Rinaldo (2025), arXiv:2503.03213, equations (9), (15) and (28).
 */
import { type Expert, expectInteger, type Gate, MoeError, mapNames, paramSize, stream } from '@tfjs-moe/core';
import { decide } from '../decide/decide.ts';
import type { DecideOptions } from '../decide/examine.ts';
import type { NamedRelation } from '../verdict/relation.ts';
import type { Verdict } from '../verdict/verdict.ts';
import { atomGate, interactionFamily, interactionSpecs } from './interaction-family.ts';

export interface InteractionsOptions extends DecideOptions {
  /** A gate with one router, or the levels of a hierarchical gate from the outermost on. */
  readonly gate: Gate | readonly Gate[];
  readonly expert: Expert;
  readonly inputDim: number;
}

export interface Interaction extends NamedRelation {
  /** Whether the same equation, coefficients included, holds at other random parameters. */
  readonly constant: boolean;
}

export interface Interactions {
  /** `independent`: proved that there are no equations; `inconclusive`: none was found, and none excluded. */
  readonly verdict: Verdict['verdict'];
  readonly relations: readonly Interaction[];
  /** The parameters of the coefficients, by name of each number. */
  readonly parameters: Readonly<Record<string, number>>;
}

export function interactions(options: InteractionsOptions): Interactions {
  const { gate, expert, inputDim, ...decideOptions } = options;
  const levels = Array.isArray(gate) ? (gate as readonly Gate[]) : [gate as Gate];
  if (levels.length === 0 || levels.some((level) => level?.role !== 'gate')) {
    throw new MoeError('interactions', 'gate must be a gate or a list of gates', gate);
  }
  if (expert?.role !== 'expert') throw new MoeError('interactions', 'expert must be an expert', expert);
  expectInteger('interactions', 'inputDim', inputDim, { min: 1 });
  const atom = atomGate(levels);
  const specs = interactionSpecs(atom, expert, inputDim);
  const ask = (place: number): Found => {
    const random = stream(options.seed ?? 0, 'interactions', place);
    const data = mapNames(specs, (spec) =>
      Array.from({ length: paramSize(spec) }, () => (1 + random.integer(15)) / 8),
    );
    const family = interactionFamily(atom, expert, inputDim, data);
    const verdict = decide(family, decideOptions);
    const relations = verdict.verdict === 'dependent' ? verdict.relations : [];
    return { verdict, relations, names: family.parameters, numbers: Object.values(data).flat() };
  };
  const [here, there] = [ask(0), ask(1)];
  const known = new Set(there.relations.map(({ text }) => text));
  return {
    verdict: here.verdict.verdict,
    relations: here.relations.map((relation) => ({ ...relation, constant: known.has(relation.text) })),
    parameters: Object.fromEntries(here.names.map((name, i) => [name, here.numbers[i]!])),
  };
}

interface Found {
  readonly verdict: Verdict;
  readonly relations: readonly NamedRelation[];
  readonly names: readonly string[];
  readonly numbers: readonly number[];
}
