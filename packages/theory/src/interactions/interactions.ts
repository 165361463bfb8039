import {
  type Expert,
  expectKnownOptions,
  expectSize,
  type Gate,
  getExpert,
  getGate,
  type Identifier,
  MoeError,
  stream,
} from '@tfjs-moe/core';
import { allowanceOf } from '../decide/allowance.ts';
import { type DecideOptions, type ExaminedRelation, examineWithin } from '../decide/examine.ts';
import { type NamedRelation, namedRelation, type Proof } from '../verdict/relation.ts';
import type { IndependenceCertificate, Shortfall, Verdict } from '../verdict/verdict.ts';
import { valueAt, written } from './coefficients.ts';
import { consequences } from './consequences.ts';
import { type Equations, equationsOf } from './equations.ts';
import { type Equation, generalProofs } from './general-proof.ts';
import { expertFamily, gatedFamily } from './interaction-family.ts';
import {
  type InteractionKind,
  type InteractionName,
  interactionKind,
  interactionNames,
  patternOf,
} from './known-interactions.ts';
import { expectLevels } from './levels.ts';
import { atParameters, memberLabel, type ParametricFamily } from './parametric-family.ts';

/** Options of `interactions`: gate, expert, inputs, budget and seed. */
export interface InteractionsOptions<GateKind extends string = string, ExpertKind extends string = string>
  extends DecideOptions {
  /**
   * A gate, as an object, config or kind, or the levels of a hierarchical gate from the outermost on. Its weights must be
   * shares of exponentials or sigmoids of scores, which others are refused for. Default: the expert alone.
   */
  readonly gate?: Identifier<Gate, GateKind> | readonly Identifier<Gate, GateKind>[];
  /** An expert, its config or its kind. */
  readonly expert: Identifier<Expert, ExpertKind>;
  readonly inputDim: number;
}

/**
 * A partial differential equation that ties parameters, such as $\partial_{\beta_1}\partial_b F = \partial_a F$, with
 * its name and its proof.
 */
export interface Interaction extends NamedRelation, InteractionKind {
  /**
   * How the equation, written with the names of parameters, is known to hold at all of them; nothing where it is only
   * known at the parameters that were drawn, as numbers.
   */
  readonly general?: Proof;
  /** Whether no coefficient contains a parameter. */
  readonly constant: boolean;
}

/** What `interactions` returns: the equations that generate all others, or the proof that there are none. */
export interface Interactions {
  /** `independent`: proved that there are no equations; `inconclusive`: none was found, and none excluded. */
  readonly verdict: Verdict['verdict'];
  /**
   * Equations that generate all others, the named ones first. A named equation may say what a longer one, a consequence,
   * says too.
   */
  readonly relations: readonly Interaction[];
  /** The proof that there are no further equations, or why there is none. */
  readonly rest: IndependenceCertificate | Shortfall;
  /** Where it was asked, by name of each number. */
  readonly parameters: Readonly<Record<string, number>>;
  /** The LaTeX symbols of the parameters, by name. */
  readonly symbols: Readonly<Record<string, string>>;
}

const known = ['gate', 'expert', 'inputDim', 'budget', 'timeLimit', 'bits', 'spread', 'seed'];

/**
 * The partial differential equations that tie the parameters of a gate to each other and to those of an expert: linear
 * relations between $F = w\,h$ and its derivatives, found, not looked up, where w is what an atom brings into its weight:
 * the exponential of its logit, the sigmoid of it under a sigmoid gate, and the product over the levels of a tree. Without a
 * gate, those between an expert's own derivatives and their products with inputs.
 *
 * They are why some pairs learn slowly: $\partial_{\beta_1}\partial_b F = \partial_a F$ for experts of an inner product,
 * $\tau\,\partial_\tau F = -\beta_1^\top\partial_{\beta_1} F$ for a temperature over a linear router. Relations are
 * decided at random parameters; where every coefficient is a monomial in the parameters the equation is written with
 * their names and proved for all parameters.
 *
 * Source: Nguyen, Ho and Rinaldo (2025), arXiv:2503.03213, equations (9), (15) and (28).
 */
export function interactions<const GateKind extends string, const ExpertKind extends string>(
  options: InteractionsOptions<GateKind, ExpertKind>,
): Interactions {
  expectKnownOptions('interactions', options, known);
  const { gate, expert, inputDim, ...decideOptions } = options;
  const allowance = allowanceOf('interactions', options);
  const family = familyOf(options);
  const random = stream(options.seed ?? 0, 'interactions');
  const numbers = family.parameters.map(() => (1 + random.integer(15)) / 8);
  const { relations, rest } = examineWithin(
    'interactions',
    atParameters(family, numbers),
    decideOptions,
    allowance.upTo(allowance.left / 2),
  );
  const { multiples, rows } = relations.length === 0 ? nothing : equationsOf(family, allowance);
  const candidates = distinct([...multiples, ...rows.values()]);
  const proofs = new Map<Equation, Proof>();
  generalProofs(family, candidates, allowance).forEach((proof, i) => {
    if (proof) proofs.set(candidates[i]!, proof);
  });
  const names = namesOf(family, [...proofs.keys()]);
  const covered = new Set([...proofs.keys()].map(({ column }) => column));
  const found = [
    ...[...proofs].map(([equation, proof]) =>
      symbolic(family, numbers, equation, proof, names.get(equation)!),
    ),
    ...relations.filter(({ column }) => !covered.has(column)).map((relation) => numeric(family, relation)),
  ];
  return {
    verdict: relations.length > 0 ? 'dependent' : 'sigmaMin' in rest ? 'independent' : 'inconclusive',
    relations: [...found].sort((a, b) => interactionNames.indexOf(a.name) - interactionNames.indexOf(b.name)),
    rest,
    parameters: Object.fromEntries(family.parameters.map(({ name }, i) => [name, numbers[i]!])),
    symbols: Object.fromEntries(family.parameters.map(({ name, latex }) => [name, latex])),
  };
}

function familyOf<const GateKind extends string, const ExpertKind extends string>({
  gate,
  inputDim,
  ...given
}: InteractionsOptions<GateKind, ExpertKind>): ParametricFamily {
  const expert = getExpert(given.expert, 'interactions: expert');
  expectSize('interactions', 'inputDim', inputDim);
  if (gate === undefined) return expertFamily(expert, inputDim);
  const levels = Array.isArray(gate)
    ? (gate as readonly Identifier<Gate, GateKind>[])
    : [gate as Identifier<Gate, GateKind>];
  if (levels.length === 0) throw new MoeError('interactions', 'gate must be a gate or a list of gates', gate);
  const gates = Array.from(levels, (level) => getGate(level, 'interactions: gate'));
  return gatedFamily(gates.flatMap(expectLevels), expert, inputDim);
}

function namesOf(family: ParametricFamily, equations: readonly Equation[]) {
  const names = new Map(equations.map((equation) => [equation, patternOf(family, equation)]));
  const [named, others] = [true, false].map((isNamed) =>
    equations.filter((equation) => (names.get(equation) !== 'unnamed') === isNamed),
  ) as [Equation[], Equation[]];
  consequences(family, named, others).forEach((follows, i) => {
    if (follows) names.set(others[i]!, 'consequence');
  });
  return names;
}

/** A relation with numbers for coefficients. */
function numeric(family: ParametricFamily, { column, coefficients, proof }: ExaminedRelation): Interaction {
  const label = (i: number) => memberLabel(family, family.members[i]!);
  const terms = [...coefficients].map(([i, coefficient]) => ({ label: label(i), coefficient }));
  return { ...namedRelation(proof, label(column), terms), ...interactionKind('unnamed'), constant: false };
}

/** An equation with the names of parameters in place of numbers. */
function symbolic(
  family: ParametricFamily,
  numbers: readonly number[],
  { column, terms }: Equation,
  general: Proof,
  name: InteractionName,
): Interaction {
  const label = (i: number) => memberLabel(family, family.members[i]!);
  const parts = terms.map(({ member, coefficient }) => ({
    label: label(member),
    coefficient: valueAt(coefficient, numbers),
  }));
  const right = (which: 'text' | 'latex', space: string) =>
    terms
      .map(({ member, coefficient }, i) => {
        const { negative, ...sizes } = written(coefficient, family.parameters);
        const sign = i === 0 ? (negative ? '-' : '') : negative ? ' - ' : ' + ';
        const size = sizes[which] === '' ? '' : `${sizes[which]}${space}`;
        return `${sign}${size}${label(member)[which]}`;
      })
      .join('') || '0';
  const left = label(column);
  return {
    ...namedRelation(general, left, parts),
    ...interactionKind(name),
    text: `${left.text} = ${right('text', ' ')}`,
    latex: `${left.latex} = ${right('latex', '\\,')}`,
    general,
    constant: terms.every(({ coefficient }) => coefficient.powers.size === 0),
  };
}

const nothing: Equations = { multiples: [], rows: new Map() };

/** Every equation once, the first that says it. */
function distinct(equations: readonly Equation[]): Equation[] {
  const keyOf = ({ column, terms }: Equation) => [column, ...terms.map(({ member }) => member)].join();
  return [
    ...new Map([...equations].reverse().map((equation) => [keyOf(equation), equation])).values(),
  ].reverse();
}
