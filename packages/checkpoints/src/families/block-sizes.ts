/** The sizes of a block: experts E, features D, hidden units I, those of the shared expert. */
export interface BlockSizes {
  readonly experts: number;
  readonly features: number;
  readonly hiddenUnits: number;
  /** Of the shared expert; undefined where there is none. */
  readonly sharedHiddenUnits: number | undefined;
}
