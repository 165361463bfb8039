/** What a law says of one expert at a block of rows; columns are written over by the next call. */
export interface LawRoom {
  readonly log: Float64Array;
  /** $\partial \log f / \partial h_c$, one per output. */
  readonly slopes: readonly Float64Array[];
  /** $-\partial^2 \log f / \partial h_c \partial h_d$, the lower triangle row by row: a column, or the same number everywhere. */
  readonly curvatures: (Float64Array | number)[];
  /**
   * What scoring takes in place of `curvatures` where these may be negative: their expectations, or others with which a step
   * cannot lead downwards. Nothing where they are the same.
   */
  readonly scoring?: (Float64Array | number)[];
  /** Of a law with a dispersion $\varphi$, by its logarithm. */
  readonly dispersion?: DispersionColumns;
}

/** Derivatives by $\lambda = \log\varphi$. */
export interface DispersionColumns {
  /** $\partial \log f / \partial\lambda$. */
  readonly slope: Float64Array;
  /** $\partial^2 \log f / \partial\lambda^2$. */
  readonly curvature: Float64Array;
  /** $\partial^2 \log f / \partial h\, \partial\lambda$. */
  readonly cross: Float64Array;
}

/** Outputs of one expert: a column for each. */
export type OutputColumns = readonly { readonly value: Float64Array }[];

/**
 * A family's law at the rows of a sample, block by block, with its derivatives: the inner loops of every likelihood.
 */
export interface LawColumns {
  readonly units: number;
  /**
   * Room for blocks of up to so many rows.
   * @param expert whose law, where experts have families of their own. Default the first
   */
  room(rows: number, expert?: number): LawRoom;
  /**
   * Rows `first` to `first + rows - 1`.
   * @param logDispersion $\lambda$; 0 of a family without one
   * @param derivatives whether more than `log` is needed
   * @param expert as above
   */
  evaluate(
    outputs: OutputColumns,
    block: { readonly first: number; readonly rows: number },
    logDispersion: number,
    into: LawRoom,
    derivatives: boolean,
    expert?: number,
  ): void;
}

/** Room for one output with the same curvature in scoring. */
export function plainRoom(rows: number): LawRoom {
  return {
    log: new Float64Array(rows),
    slopes: [new Float64Array(rows)],
    curvatures: [new Float64Array(rows)],
  };
}

/** Room for one output and a dispersion. */
export function dispersionRoom(rows: number): LawRoom {
  const column = () => new Float64Array(rows);
  return {
    ...plainRoom(rows),
    scoring: [column()],
    dispersion: { slope: column(), curvature: column(), cross: column() },
  };
}
