/**
 * The interactions that have a name: which pattern an equation shows, how it is written without indices, and where it
 * comes from.
 */
import { rationalText } from '@tfjs-moe/numerics/exact';
import type { Monomial } from './coefficients.ts';
import type { Equation } from './general-proof.ts';
import type { Member, ParametricFamily } from './parametric-family.ts';

/**
 * `gate and expert`: $\partial_{\beta_1}\partial_b F = \partial_a F$, with a factor $1/\tau$ under a temperature; `input and bias`: the same of the expert alone,
 * $x_u \partial_b h = \partial_{a_u} h$; `duplicate`: two derivatives are one function;
 * `temperature scale`, `router scale`: first derivatives of the gate alone are dependent; `inner scale`: first derivatives
 * of the expert alone are, its layers sharing a scale; `output scale`: $\lambda
 * \partial_\lambda h = h$; `homogeneity`: Euler's equation in all or some parameters; `linear in a parameter`: a second
 * derivative vanishes; `normalised input`: $\sum_u \partial_{a_u}^2 h = \partial_b^2 h$; `consequence`: a derivative of
 * the others; `unnamed`.
 */
export type InteractionName = (typeof interactionNames)[number];

/** The names, the most harmful first. */
export const interactionNames = [
  'temperature scale',
  'router scale',
  'inner scale',
  'output scale',
  'homogeneity',
  'linear in a parameter',
  'gate and expert',
  'input and bias',
  'normalised input',
  'duplicate',
  'consequence',
  'unnamed',
] as const;

/** What is known of an interaction by name: its statement and its source. */
export interface InteractionKind {
  readonly name: InteractionName;
  /** Without indices, plain: `tau d_tau F = -beta . d_beta F`. */
  readonly statement: string;
  readonly statementLatex: string;
  readonly source: string;
}

const paper = 'Nguyen, Ho and Rinaldo (2025), arXiv:2503.03213';

const kinds: Readonly<Record<InteractionName, Omit<InteractionKind, 'name'>>> = {
  'gate and expert': {
    statement: 'd_beta d_b F = d_a F',
    statementLatex: '\\partial_{\\beta_1}\\partial_b F = \\partial_a F',
    source: `${paper}, equation (9); (28) for the levels of a hierarchical softmax`,
  },
  'input and bias': {
    statement: 'x_u d_b h = d_a_u h',
    statementLatex: 'x_u\\,\\partial_b h = \\partial_{a_u} h',
    source: `${paper}, equation (9), without the exponential`,
  },
  duplicate: {
    statement: 'two derivatives of one order are one function, such as d_beta_u d_a_v F = d_beta_v d_a_u F',
    statementLatex: '\\partial_{\\beta_u}\\partial_{a_v} F = \\partial_{\\beta_v}\\partial_{a_u} F',
    source: `${paper}, Definition 1, read literally`,
  },
  'temperature scale': {
    statement: 'tau d_tau F = -beta . d_beta F',
    statementLatex: '\\tau\\,\\partial_\\tau F = -\\beta_1^\\top\\partial_{\\beta_1} F',
    source: `${paper}, equation (15)`,
  },
  'router scale': {
    statement: 'sum of beta d_beta F = 0 within the router',
    statementLatex: '\\beta_1^\\top\\partial_{\\beta_1} F = 0',
    source:
      'Nguyen et al. (2024), "Statistical Advantages of Perturbing Cosine Router in Mixture of Experts"',
  },
  'inner scale': {
    statement: 'sum of v d_v h = sum of w d_w h, for two layers of an expert',
    statementLatex: 'v^\\top\\partial_v h = w^\\top\\partial_w h',
    source: "Euler's equation of homogeneous functions, between layers",
  },
  'output scale': {
    statement: 'lambda d_lambda h = h',
    statementLatex: '\\lambda\\,\\partial_\\lambda h = h',
    source: `${paper}, Theorem 1, for experts that end with output weights`,
  },
  homogeneity: {
    statement: 'sum of eta d_eta h = p h',
    statementLatex: '\\eta^\\top\\partial_\\eta h = p\\,h',
    source: "Euler's equation of homogeneous functions",
  },
  'linear in a parameter': {
    statement: 'd2_b h = 0',
    statementLatex: '\\partial_b^2 h = 0',
    source: `${paper}, Theorem 2, for linear experts`,
  },
  'normalised input': {
    statement: 'sum_u d2_a_u h = d2_b h',
    statementLatex: '\\textstyle\\sum_u\\partial_{a_u}^2 h = \\partial_b^2 h',
    source: `${paper}, the example after Definition 1: |x / |x|| = 1`,
  },
  consequence: {
    statement: 'a derivative of the equations above',
    statementLatex: '\\text{a derivative of the equations above}',
    source: 'differentiation',
  },
  unnamed: { statement: 'no name', statementLatex: '\\text{no name}', source: 'found here' },
};

export function interactionKind(name: InteractionName): InteractionKind {
  return { name, ...kinds[name] };
}

/** The name of an equation by its pattern; `unnamed` where it shows none. */
export function patternOf(family: ParametricFamily, { column, terms }: Equation): InteractionName {
  const left = family.members[column]!;
  const right = terms.map(({ member }) => family.members[member]!);
  const role = (i: number) => family.parameters[i]!.role;
  if (terms.length === 0) return left.factors.length === 0 ? 'linear in a parameter' : 'unnamed';
  const all = [left, ...right];
  const [only] = right as [Member];
  const isMultiple = terms.length === 1;
  if (isMultiple && isOne(terms[0]!.coefficient) && order(left) === order(only)) return 'duplicate';
  if (all.every((member) => order(member) <= 1 && member.factors.length === 0)) {
    const roles = new Set(all.flatMap(({ derivatives }) => derivatives.map(role)));
    if (!roles.has('expert')) return roles.has('temperature') ? 'temperature scale' : 'router scale';
    return roles.size === 1 ? scaleOf(family, all, terms) : 'unnamed';
  }
  if (all.every(({ factors, derivatives: [i, j] }) => factors.length === 0 && i !== undefined && i === j)) {
    return terms.every(({ coefficient }) => isOne(coefficient, true)) && isOfExpert(family, all)
      ? 'normalised input'
      : 'unnamed';
  }
  if (!isMultiple) return 'unnamed';
  const [first, second] = order(left) > order(only) ? [only, left] : [left, only];
  if (order(first) !== 1 || order(second) !== 2 || first.factors.length > 0) return 'unnamed';
  if (second.factors.length === 1) return isOne(terms[0]!.coefficient) ? 'input and bias' : 'unnamed';
  const isExpert = role(first.derivatives[0]!) === 'expert';
  const roles = second.derivatives.map(role);
  const isTied = isExpert && roles.includes('router') && roles.includes('expert');
  return isTied && isOneOverTemperature(family, terms[0]!.coefficient) ? 'gate and expert' : 'unnamed';
}

/** 1 without a temperature; $\tau$ or its inverse, by the side that it is written on, with one. */
function isOneOverTemperature({ parameters }: ParametricFamily, { coefficient, powers }: Monomial): boolean {
  const ofTemperature = [...powers].every(
    ([i, e]) => parameters[i]!.role === 'temperature' && Math.abs(e) === 1,
  );
  return ofTemperature && rationalText(coefficient) === '1';
}

const order = ({ factors, derivatives }: Member) => factors.length + derivatives.length;

function isOfExpert({ parameters }: ParametricFamily, members: readonly Member[]): boolean {
  return members.every(({ derivatives }) => derivatives.every((i) => parameters[i]!.role === 'expert'));
}

/** Whether a coefficient is 1, or -1 where that is allowed. */
function isOne({ coefficient, powers }: Monomial, orMinusOne = false): boolean {
  const text = rationalText(coefficient);
  return powers.size === 0 && (text === '1' || (orMinusOne && text === '-1'));
}

/** Euler's equation in the last kernel and bias is the output scale; in more parameters it is homogeneity. */
function scaleOf(
  { parameters, outputWeights }: ParametricFamily,
  members: readonly Member[],
  terms: Equation['terms'],
): InteractionName {
  const names = members.flatMap(({ derivatives }) => derivatives.map((i) => parameters[i]!.name));
  const hasValue = members.some(({ derivatives }) => derivatives.length === 0);
  const isLast = names.every((name) => outputWeights.includes(name.slice(0, name.indexOf('['))));
  if (!hasValue) return 'inner scale';
  return isLast && terms.length > 0 ? 'output scale' : 'homogeneity';
}
