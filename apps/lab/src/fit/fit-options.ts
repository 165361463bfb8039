/**
 * The words after `moe fit`, checked.
 */
import { type Expert, expectInteger, expectOneOf, type Gate, MoeError } from '@tfjs-moe/core';
import type { ErrorKind } from '@tfjs-moe/estimators';
import { columnNames, commandWords } from '../command-words.ts';
import { expertOf, gateOf } from '../plugin-words.ts';

const WHO = 'moe fit';

export interface FitOptions {
  /** As written. */
  readonly file: string;
  readonly response: string;
  readonly inputs?: readonly string[];
  readonly factors: readonly string[];
  readonly weights?: string;
  readonly missing: 'refuse' | 'drop';
  readonly decimal: '.' | ',';
  readonly gate: Gate;
  readonly expert: Expert;
  /** The number of experts, or the smallest and largest that are tried. */
  readonly experts: number | readonly [smallest: number, largest: number];
  readonly criterion: 'aic' | 'bic' | 'icl';
  readonly estimator: 'maximumLikelihood' | 'leastSquares';
  readonly family: 'gaussian' | 'multinomial';
  readonly variances: 'own' | 'common';
  readonly errors: ErrorKind;
  readonly starts?: number;
  readonly seed: number;
  readonly json: boolean;
  readonly plot?: string;
  readonly save?: string;
}

/** @returns nothing where the help was asked for */
export function fitOptions(words: readonly string[]): FitOptions | undefined {
  const { values, positionals } = parse(words);
  if (values.help) return undefined;
  const [file, ...stray] = positionals;
  if (file === undefined) throw new MoeError(WHO, 'give the table, a CSV file; --help tells more');
  if (stray.length > 0) throw new MoeError(WHO, 'give one table', stray[0]);
  if (values.response === undefined) throw new MoeError(WHO, '--response must name the column to explain');
  const family = expectOneOf(WHO, '--family', values.family ?? 'gaussian', ['gaussian', 'multinomial']);
  const estimator = expectOneOf(WHO, '--estimator', values.estimator ?? 'maximumLikelihood', [
    'maximumLikelihood',
    'leastSquares',
  ]);
  if (estimator === 'leastSquares' && (family !== 'gaussian' || values.select !== undefined)) {
    throw new MoeError(WHO, 'least squares have no --select and no --family multinomial', estimator);
  }
  if (values.select !== undefined && values.experts !== undefined) {
    throw new MoeError(WHO, 'give --experts or --select, not both');
  }
  return {
    file,
    response: values.response,
    ...(values.inputs !== undefined && { inputs: columnNames(values.inputs) }),
    factors: values.factors === undefined ? [] : columnNames(values.factors),
    ...(values.weights !== undefined && { weights: values.weights }),
    missing: expectOneOf(WHO, '--missing', values.missing ?? 'refuse', ['refuse', 'drop']),
    decimal: expectOneOf(WHO, '--decimal', values.decimal ?? '.', ['.', ',']),
    gate: gateOf(values.gate ?? 'softmax', values.router),
    expert: expertOf(values.expert ?? 'linear'),
    experts:
      values.select === undefined ? whole('--experts', values.experts ?? '2', 1) : range(values.select),
    criterion: expectOneOf(WHO, '--criterion', values.criterion ?? 'bic', ['aic', 'bic', 'icl']),
    estimator,
    family,
    variances: expectOneOf(WHO, '--variances', values.variances ?? 'own', ['own', 'common']),
    errors: expectOneOf(WHO, '--errors', values.errors ?? 'observed', ['observed', 'sandwich']),
    ...(values.starts !== undefined && { starts: whole('--starts', values.starts, 1) }),
    seed: whole('--seed', values.seed ?? '0', 0),
    json: values.json ?? false,
    ...(values.plot !== undefined && { plot: values.plot }),
    ...(values.save !== undefined && { save: values.save }),
  };
}

function parse(words: readonly string[]) {
  const text = { type: 'string' } as const;
  return commandWords(WHO, {
    args: [...words],
    allowPositionals: true,
    options: {
      ...{ response: text, inputs: text, factors: text, weights: text, missing: text, decimal: text },
      ...{ gate: text, router: text },
      ...{ expert: text, experts: text, select: text, criterion: text, estimator: text, family: text },
      ...{ variances: text, errors: text, starts: text, seed: text, plot: text, save: text },
      json: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
}

function whole(option: string, written: string, min: number): number {
  return expectInteger(WHO, option, written.trim() === '' ? Number.NaN : Number(written), { min });
}

/** The ends of `1..6`. */
function range(written: string): [number, number] {
  const [, from, to] = /^(\d+)\.\.(\d+)$/.exec(written) ?? [];
  const [first, last] = [Number(from), Number(to)];
  if (!(first >= 1 && last >= first)) {
    throw new MoeError(WHO, '--select must be a range of numbers of experts like 1..6', written);
  }
  return [first, last];
}
