import type { ComparedFit } from './saved-fit.ts';

const criteria = ['aic', 'bic', 'icl'] as const;
type Criterion = (typeof criteria)[number];

/** One fit beside others; what its file lacks is null. */
export interface ComparisonRow {
  readonly file: string;
  readonly family: string;
  readonly gate: string;
  readonly expert: string;
  readonly experts: number;
  readonly converged: boolean | null;
  readonly logLikelihood: number | null;
  readonly degreesOfFreedom: number | null;
  readonly n: number | null;
  readonly groups?: number;
  readonly aic: number | null;
  readonly bic: number | null;
  readonly icl: number | null;
}

export interface Comparison {
  readonly fits: readonly ComparisonRow[];
  /** The file with the smallest of each, where all that have one are of one sample. */
  readonly best?: Readonly<Record<Criterion, string>>;
  /** What is to be known before numbers are compared. */
  readonly notes: readonly string[];
}

export function comparisonOf(fits: readonly ComparedFit[]): Comparison {
  const rows = fits.map(rowOf);
  const notes = [...fits.flatMap(lackOf), ...differencesOf(fits)];
  const rated = rows.filter(({ logLikelihood }) => logLikelihood !== null);
  const isFair = rated.length > 1 && differencesOf(fits).length === 0;
  return { fits: rows, ...(isFair && { best: bestOf(rated) }), notes };
}

function rowOf({ file, measure, family, numbers }: ComparedFit): ComparisonRow {
  const { gate, expert, experts } = measure;
  const own = numbers?.estimator === 'maximum likelihood' ? numbers : undefined;
  return {
    ...{ file, family, gate: gate.kind, expert: expert.kind, experts },
    converged: numbers?.converged ?? null,
    logLikelihood: own?.logLikelihood ?? null,
    degreesOfFreedom: own?.degreesOfFreedom ?? null,
    n: numbers?.n ?? null,
    ...(own?.groups !== undefined && { groups: own.groups }),
    aic: own?.aic ?? null,
    bic: own?.bic ?? null,
    icl: own?.icl ?? null,
  };
}

function lackOf({ file, numbers }: ComparedFit): string[] {
  if (numbers === undefined)
    return [
      `${file} lacks the log-likelihood, df, n and whether it converged: an earlier moe saved it, or it is a measure alone; fit it again with --save`,
    ];
  return numbers.estimator === 'least squares'
    ? [`${file} is of least squares, which have no likelihood`]
    : [];
}

/** Why likelihoods cannot be compared. */
function differencesOf(fits: readonly ComparedFit[]): string[] {
  const rated = fits.filter(({ numbers }) => numbers?.estimator === 'maximum likelihood');
  const [first, ...others] = rated;
  if (first === undefined) return [];
  const other = others.find((fit) => !isSameSample(first, fit));
  const law = others.find(({ isDiscrete }) => isDiscrete !== first.isDiscrete);
  return [
    ...(other === undefined
      ? []
      : [
          `${first.file} and ${other.file} are not of the same responses: no likelihood, AIC or BIC compares them`,
        ]),
    ...(law === undefined
      ? []
      : [
          `${first.file} (${first.family}) and ${law.file} (${law.family}): one is of probabilities, one of densities, which no number here compares`,
        ]),
  ];
}

/** Whether two fits explain the same responses, whatever the order of their rows. */
export function isSameSample(one: ComparedFit, other: ComparedFit): boolean {
  const [a, b] = [one.numbers, other.numbers];
  if (a?.estimator !== 'maximum likelihood' || b?.estimator !== 'maximum likelihood') return false;
  // Weights are in the sample: their sum depends on the order of rows, by rounding.
  return one.response === other.response && a.n === b.n && a.sample === b.sample;
}

function bestOf(rows: readonly ComparisonRow[]): Record<Criterion, string> {
  const smallest = (name: Criterion) => rows.reduce((best, row) => (row[name]! < best[name]! ? row : best));
  return Object.fromEntries(criteria.map((name) => [name, smallest(name).file])) as Record<Criterion, string>;
}
