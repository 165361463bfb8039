/**
 * `proved in the paper`: stated there with a proof that covers the case. `contradicted by our check`: claimed there, but
 * an exact counterexample exists. `not covered`: no theorem speaks of the case.
 */
export type RateStatus = 'proved in the paper' | 'contradicted by our check' | 'not covered';

/** What is estimated. */
export type Quantity = 'regression function' | 'density' | 'exact atoms' | 'over-fitted atoms' | 'experts';

/** The rate at which one quantity is estimated, with theorem, paper and what became of it when checked. */
export interface Rate {
  readonly quantity: Quantity;
  /** Such as `n^(-1/4)`, up to logarithms; `none` where the quantity cannot be estimated; `unknown` without a theorem. */
  readonly rate: string;
  readonly latex: string;
  readonly status: RateStatus;
  /** Theorem or equation, and paper. */
  readonly source: string;
  /** Name of the member of `counterexamples` that shows it. */
  readonly counterexample?: string;
  /** What a reader should know besides. */
  readonly note?: string;
}

/** Papers as they are cited. */
export const papers = {
  softmax: 'Nguyen, Ho and Rinaldo (2025), arXiv:2503.03213',
  leastSquares: 'Nguyen, Ho and Rinaldo (2024), arXiv:2402.02952',
  sigmoid: 'Nguyen, Ho and Rinaldo (2024), arXiv:2405.13997',
  gaussian: 'Nguyen, Nguyen and Ho (2023), arXiv:2305.03288',
  topK: 'Nguyen, Akbarian, Yan and Ho (2024), arXiv:2309.13850',
  temperature: 'Nguyen, Akbarian and Ho (2024), arXiv:2401.13875',
  classes: 'Nguyen, Akbarian, Nguyen and Ho (2024), arXiv:2310.14188',
} as const;

const latexOf: Readonly<Record<string, string>> = {
  'n^(-1/2)': 'n^{-1/2}',
  'n^(-1/4)': 'n^{-1/4}',
  'slower than any polynomial': '\\gtrsim n^{-1/(2r)}\\ \\forall r',
  none: '\\text{none}',
  unknown: '\\text{unknown}',
};

/**
 * A rate of convergence as the theory states it, with its source and with what became of it when checked.
 *
 * A rate with its LaTeX.
 */
export function rate(of: Omit<Rate, 'latex'>): Rate {
  const power = of.rate.replaceAll('(', '{').replaceAll(')', '}');
  return { ...of, latex: latexOf[of.rate] ?? power };
}

/** The same statement about atoms and the experts that belong to them. */
export function atomRates(
  quantity: 'exact atoms' | 'over-fitted atoms',
  of: Omit<Rate, 'latex' | 'quantity'>,
): Rate {
  return rate({ quantity, ...of });
}

/** The regression function, which converges whatever becomes of the parameters. */
export function functionRate(source: string, note?: string): Rate {
  return rate({
    quantity: 'regression function',
    rate: 'n^(-1/2)',
    status: 'proved in the paper',
    source,
    note: `up to a factor sqrt(log n)${note === undefined ? '' : `; ${note}`}`,
  });
}
