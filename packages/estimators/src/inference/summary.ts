import { familyName, familyOf, getFamily } from '@tfjs-moe/measures';
import type { PenaltyOptions } from '../likelihood/problem/penalty/penalty-options.ts';
import type { FitWarning, MaximumLikelihoodFit } from '../likelihood/report/fit.ts';
import { kindOf } from '../sides.ts';
import { type Coefficient, type ErrorKind, type InferenceOptions, rowsOfFit } from './coefficients.ts';
import { aic, bic, icl } from './criteria.ts';
import { type StartsReached, startsReached } from './starts-reached.ts';

/** The rows of `summary` that belong together: one expert, or one contrast of the gate. */
export interface CoefficientTable {
  readonly title: string;
  readonly rows: readonly Coefficient[];
}

/** What `summary` returns: tables of coefficients, the criteria, and warnings, as data and as text. */
export interface Summary {
  readonly title: string;
  /** Experts first, then the gate. */
  readonly tables: readonly CoefficientTable[];
  readonly errors: ErrorKind;
  /** Of the intervals of the rows. */
  readonly level: number;
  readonly experts: readonly {
    readonly expert: number;
    readonly share: number;
    readonly size: number;
    readonly rows: number;
    /** Of rows in groups, those that the expert is likeliest for. */
    readonly groups?: number;
  }[];
  readonly logLikelihood: number;
  readonly degreesOfFreedom: number;
  readonly n: number;
  readonly aic: number;
  readonly bic: number;
  readonly icl: number;
  readonly converged: boolean;
  readonly starts: StartsReached;
  readonly warnings: readonly FitWarning[];
  /** Everything above as one would read it. */
  readonly text: string;
}

/**
 * summary: what R prints of `summary(refit(m))` for a flexmix model, as data and as text: a coefficient table per expert
 * and per gate (flexmix: concomitant), the fit, and every warning; with a `level`, also R's `confint`.
 */
export function summary(fit: MaximumLikelihoodFit, options: InferenceOptions = {}): Summary {
  const rows = interceptsFirst(rowsOfFit('summary', fit, options), fit.responseNames);
  const { experts, gate, expert } = fit.measure;
  const groups = (part: Coefficient['part']) => [
    ...new Set(rows.filter((row) => row.part === part).map(({ group }) => group)),
  ];
  const tables = [
    ...groups('expert').map((group) => ({
      title: group,
      rows: rows.filter((row) => row.group === group && row.part !== 'gate'),
    })),
    ...(groups('noise').includes('noise')
      ? [{ title: 'noise', rows: rows.filter(({ group }) => group === 'noise') }]
      : []),
    ...groups('gate').map((group) => ({ title: group, rows: rows.filter((row) => row.group === group) })),
  ];
  const noun = nounOf(fit);
  const data = {
    title: `Mixture of ${experts} ${kindOf(expert)} experts, ${gate.kind} gate, ${noun}`,
    tables,
    errors: options.errors ?? ('observed' as const),
    level: options.level ?? 0.95,
    experts: fit.sizes.map((size, e) => ({
      expert: e + 1,
      share: size / fit.totalWeight,
      size,
      rows: fit.counts[e]!,
      ...(fit.groups !== undefined && { groups: fit.groups.counts[e]! }),
    })),
    logLikelihood: fit.logLikelihood,
    degreesOfFreedom: fit.degreesOfFreedom,
    n: fit.n,
    aic: aic(fit),
    bic: bic(fit),
    icl: icl(fit),
    converged: fit.converged,
    starts: startsReached(fit),
    warnings: fit.warnings,
  };
  return { ...data, text: textOf(data, fit, options.level) };
}

function robustBy({ groups, clusters }: MaximumLikelihoodFit): string {
  if (clusters !== undefined) return `, robust by ${clusters} clusters`;
  return groups === undefined ? '' : ', robust by groups';
}

function inGroups({ groups }: MaximumLikelihoodFit): string {
  return groups === undefined ? '' : ` in ${groups.n} groups`;
}

/** What was asked to hold between the coefficients. */
function structureOf({ structure = {} }: MaximumLikelihoodFit): string[] {
  const { equal = [], fixed = [], absent = [] } = structure;
  const parts = [
    ...(equal.length > 0 ? [`equal: ${equal.join(', ')}`] : []),
    ...(fixed.length > 0 ? [`fixed: ${fixed.join(', ')}`] : []),
    ...(absent.length > 0 ? [`absent: ${absent.join(', ')}`] : []),
  ];
  return parts.length === 0 ? [] : [parts.join('; ')];
}

/** What the response is, and whose its dispersion. */
function nounOf({ family, variances, responseNames }: MaximumLikelihoodFit): string {
  const { isClass, kind, dispersion, isLeastSquares, families } = getFamily(family);
  if (families !== undefined) return 'responses of a family of their own each';
  if (isClass === true) return 'class probabilities';
  if (responseNames !== undefined) return variances === 'own' ? 'own covariances' : 'a common covariance';
  const number = isLeastSquares === true ? 'variance' : dispersion?.name;
  if (number === undefined) return `${kind} responses`;
  const whose =
    variances === 'own' ? `own ${number}${isLeastSquares === true ? 's' : ''}` : `a common ${number}`;
  return isLeastSquares === true ? whose : `${kind} responses, ${whose}`;
}

/** As R has them; the layout has an intercept after the inputs. */
function interceptsFirst(rows: readonly Coefficient[], responses: readonly string[] = []): Coefficient[] {
  const responseOf = (name: string) => responses.findIndex((each) => name.startsWith(`${each}: `));
  const rank = ({ name, part }: Coefficient) =>
    part === 'noise' ? Infinity : 2 * responseOf(name) + (name.includes('(Intercept)') ? 0 : 1);
  return [...rows].sort((a, b) => (rank(a) === rank(b) ? 0 : rank(a) - rank(b)));
}

function textOf(data: Omit<Summary, 'text'>, fit: MaximumLikelihoodFit, level: number | undefined): string {
  const { tables, warnings, errors } = data;
  const ends = level === undefined ? [] : endsOf(level);
  const family = getFamily(fit.family);
  const named = (expert: number) =>
    `expert ${expert}${family.families === undefined ? '' : `: ${familyName(familyOf(family, expert - 1))}`}`;
  const end = fit.converged ? 'converged' : `NOT CONVERGED (${fit.ending})`;
  const lines = [
    data.title,
    `${fit.responseName} of ${fit.inputNames.join(', ')}; n = ${fit.n}${inGroups(fit)}; ${end} after ${fit.iterations.em} EM and ${fit.iterations.newton} Newton iterations`,
    ...structureOf(fit),
    '',
    ...aligned([
      ['', 'share', 'size', 'rows', ...(fit.groups === undefined ? [] : ['groups'])],
      ...data.experts.map(({ expert, share, size, rows, groups }) => [
        named(expert),
        share.toFixed(3),
        size.toFixed(1),
        `${round(rows)}`,
        ...(groups === undefined ? [] : [`${round(groups)}`]),
      ]),
    ]),
  ];
  for (const { title, rows } of tables) {
    if (rows.every(({ status }) => status === 'held')) {
      lines.push('', `${title}: zero`);
      continue;
    }
    const isReference = rows.every(({ status }) => status === 'reference');
    lines.push('', isReference ? `${title}: the reference` : title);
    if (isReference) continue;
    lines.push(
      ...aligned([
        ['', 'Estimate', 'Std. Error', 'z value', 'Pr(>|z|)', '', ...ends],
        ...rows.map((row) => [
          row.name,
          digits(row.value),
          row.standardError === null ? row.status : digits(row.standardError),
          row.zValue === null ? '' : row.zValue.toFixed(3),
          row.pValue === null ? '' : probability(row.pValue),
          row.pValue === null ? '' : stars(row.pValue),
          ...ends.map((_, i) => (row.interval === null ? '' : digits(row.interval[i]!))),
        ]),
      ]),
    );
  }
  lines.push(
    '---',
    "Signif. codes:  0 '***' 0.001 '**' 0.01 '*' 0.05 '.' 0.1 ' ' 1",
    fit.penalty === undefined
      ? `Standard errors from ${errors === 'observed' ? 'the observed information' : `the sandwich${robustBy(fit)}`}`
      : `Penalty: ${penaltyText(fit.penalty)}; estimates are biased by it, and have no standard errors; df is effective`,
    '',
    `'log Lik.' ${data.logLikelihood.toFixed(4)} (df=${data.degreesOfFreedom})`,
    `AIC: ${data.aic.toFixed(3)}  BIC: ${data.bic.toFixed(3)}  ICL: ${data.icl.toFixed(3)}`,
  );
  const { tried, reached } = data.starts;
  if (tried > 1) lines.push(`Starts: ${reached} of ${tried} reached this value`);
  for (const warning of warnings) lines.push('', `Warning (${warning.reason}): ${sentencesOf(warning)}`);
  return `${lines.join('\n')}\n`;
}

/** A penalty in words. */
function penaltyText({ lambda, alpha, gate }: Required<PenaltyOptions>): string {
  const kind = alpha === 0 ? 'ridge' : alpha === 1 ? 'lasso' : `elastic net, alpha = ${alpha}`;
  return `${kind}, lambda = ${Number(lambda.toPrecision(6))}${gate ? ', of the gate too' : ''}`;
}

/** The ends of an interval, as R's `confint` calls them. */
function endsOf(level: number): string[] {
  return [0.5 - level / 2, 0.5 + level / 2].map((part) => `${Number((100 * part).toPrecision(6))} %`);
}

/** What a warning says, and what can be done about it. */
function sentencesOf({ text, remedy }: FitWarning): string {
  return remedy === undefined ? text : `${text}. ${remedy}`;
}

/** Columns with their texts to the right, the first to the left. */
function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, j) => Math.max(...rows.map((row) => row[j]!.length)));
  return rows.map((row) =>
    row
      .map((text, j) => (j === 0 || j === 5 ? text.padEnd(widths[j]!) : text.padStart(widths[j]!)))
      .join('  ')
      .trimEnd(),
  );
}

function digits(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e9 || size < 1e-4)) return value.toExponential(4);
  // Fewer digits than an estimate has before its point would hide how exact it is.
  return size >= 1e7 ? value.toFixed(0) : value.toPrecision(7);
}

function probability(p: number): string {
  return p < 2.2e-16 ? '< 2.2e-16' : p < 1e-4 ? p.toExponential(2) : p.toFixed(4);
}

function stars(p: number): string {
  if (p < 0.001) return '***';
  if (p < 0.01) return '**';
  if (p < 0.05) return '*';
  return p < 0.1 ? '.' : '';
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
