import type { MixingMeasure } from '@tfjs-moe/measures';
import { parameterLatex } from '../mixture/labels.ts';
import { parameterOf } from '../program/derivatives-of-program.ts';
import type { Dependent, Verdict } from '../verdict/verdict.ts';
import { atTheGauge, freedomOf, type ParameterFreedom } from './freedoms.ts';
import { parameterValues } from './parameter-values.ts';
import { type Ratio, simpleRatio } from './simple-ratio.ts';

/** A function of several parameters that no freedom changes. */
export interface IdentifiableCombination {
  /** `product` and `sum` hold wherever the freedoms do; `differential` is a sum to first order, at the parameters that were asked about. */
  readonly kind: 'product' | 'sum' | 'differential';
  readonly parameters: readonly string[];
  /** `gate/bias[0]#0 / gate/temperature[0]` */
  readonly text: string;
  /** Without dollar signs. */
  readonly latex: string;
}

/**
 * What is determined of parameters that are not identifiable. With the parameter fixed that each freedom names, the others
 * are identifiable: that is the certificate of the verdict's `rest`.
 */
export interface IdentifiableCombinations {
  readonly freedoms: readonly ParameterFreedom[];
  /** As many as parameters that take part in freedoms are left, none a function of the others. */
  readonly combinations: readonly IdentifiableCombination[];
  /** Parameters that are determined as they are. */
  readonly alone: readonly string[];
}

/**
 * The combinations of parameters that a dependent Jacobian determines, from its null space: a relation
 * $\partial_l f = \sum_i c_i\,\partial_i f$ moves parameter l by t and each i by $-c_i t$, which
 * $\theta_i + \sum_l c_{li}\,\theta_l$ does not see. Where $c_{i}\,\theta_l / \theta_i$ are simple fractions, a scale is tried
 * in their place, and where $c_i$ are, a shift. Nothing where it is not proved that no other relation exists.
 */
function combinationsOf(given: MixingMeasure, verdict: Dependent): IdentifiableCombinations | undefined {
  if (!('sigmaMin' in verdict.rest) && verdict.remaining.length > 0) return undefined;
  const of = atTheGauge(given);
  const values = parameterValues(of);
  if (verdict.relations.some(({ left }) => !values.has(parameterOf(left)))) return undefined;
  const freedoms = verdict.relations.map((relation) => freedomOf(of, relation, given));
  const remaining = verdict.remaining.map(parameterOf);
  const moved = (name: string) => freedoms.filter(({ parameters }) => name in parameters);
  return {
    freedoms,
    combinations: remaining.flatMap((name) => {
      const own = moved(name);
      return own.length === 0 ? [] : [combination(name, own, values)];
    }),
    alone: remaining.filter((name) => moved(name).length === 0),
  };
}

/** The same as an entry of an answer; none of a verdict that is not dependent. */
export function combinationsIn(
  of: MixingMeasure,
  verdict: Verdict,
): { readonly combinations?: IdentifiableCombinations } {
  const combinations = verdict.verdict === 'dependent' ? combinationsOf(of, verdict) : undefined;
  return combinations === undefined ? {} : { combinations };
}

/** What a parameter is part of that none of the freedoms changes which move it. */
function combination(
  name: string,
  freedoms: readonly ParameterFreedom[],
  values: ReadonlyMap<string, number>,
): IdentifiableCombination {
  const kinds = new Set(freedoms.map(({ kind }) => kind));
  const [kind] = kinds.size === 1 ? kinds : (['direction'] as const);
  const parts = freedoms.map(({ kind: own, parameters, fixed }) => {
    const by = parameters[name]!;
    // Of a scale among others, its direction at these parameters.
    const isLocal = kind === 'direction' && own === 'scale';
    const entry = isLocal ? (by * values.get(name)!) / values.get(fixed.parameter)! : by;
    return [fixed.parameter, -entry] as const;
  });
  const all: (readonly [string, number])[] = [[name, 1], ...parts];
  const parameters = all.map(([own]) => own);
  if (kind === 'scale') return { kind: 'product', parameters, ...product(all) };
  return { kind: kind === 'shift' ? 'sum' : 'differential', parameters, ...sum(all, kind === 'direction') };
}

/** Powers in whole numbers, those above the line and those below. */
function product(all: readonly (readonly [name: string, power: number])[]) {
  const ratios = all.map(([, power]): Ratio => simpleRatio(power)!);
  const common = ratios.reduce((least, [, below]) => leastCommonMultiple(least, below), 1);
  const whole = all.map(([name, power]) => [name, Math.round(power * common)] as const);
  const side = (sign: 1 | -1) => whole.filter(([, power]) => Math.sign(power) === sign);
  const text = (sign: 1 | -1) =>
    side(sign).map(([name, n]) => (Math.abs(n) === 1 ? name : `${name}^${Math.abs(n)}`));
  const latex = (sign: 1 | -1) =>
    side(sign).map(([name, n]) => `${parameterLatex(name)}${Math.abs(n) === 1 ? '' : `^{${Math.abs(n)}}`}`);
  const below = text(-1);
  return {
    text: [text(1).join(' '), ...below].join(' / '),
    latex:
      below.length === 0 ? latex(1).join('\\,') : `\\frac{${latex(1).join('\\,')}}{${latex(-1).join('\\,')}}`,
  };
}

function sum(all: readonly (readonly [name: string, multiple: number])[], isLocal: boolean) {
  const written = (write: (name: string) => string) =>
    all
      .map(([name, c], i) => {
        const size = Number(Math.abs(c).toPrecision(6));
        const sign = c < 0 ? (i === 0 ? '-' : ' - ') : i === 0 ? '' : ' + ';
        return `${sign}${size === 1 ? '' : `${size} `}${write(name)}`;
      })
      .join('');
  return {
    text: written((name) => (isLocal ? `d(${name})` : name)),
    latex: written((name) => `${isLocal ? 'd' : ''}${parameterLatex(name)}`),
  };
}

function leastCommonMultiple(a: number, b: number): number {
  let [x, y] = [a, b];
  while (y !== 0) [x, y] = [y, x % y];
  return (a * b) / x;
}
