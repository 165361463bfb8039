/**
 * Called often during long work, each time with the elementary operations that come next: about as many as the float64
 * multiplications that would take as long. Whatever it throws ends the work.
 *
 * The numbers follow from the sizes of what is computed, never from a clock, so that whoever adds them up ends the same
 * work at the same place on every machine.
 */
export type Checkpoint = (operations: number) => void;

/**
 * Elementary operations of the steps that exact and rigorous arithmetic are made of, measured once and rounded: a step
 * allocates integers of any length and looks them up, which takes hundreds of multiplications.
 */
export const operations: Readonly<{
  /** A product of two terms of formal expressions, and its sum with a third. */
  term: number;
  /** A new symbol of a formal expression, or one that is looked up. */
  symbol: number;
  /** A product of two residues, and its sum with a third. */
  residue: number;
  /** An elementary function of a residue. */
  residueFunction: number;
  /** A product of two double-double numbers with radii, and its sum with a third. */
  double: number;
  /** An elementary function of one. */
  doubleFunction: number;
  /** An elementary function of a float64 number. */
  function: number;
}> = {
  term: 350,
  symbol: 10_000,
  residue: 8,
  residueFunction: 3000,
  double: 150,
  doubleFunction: 3000,
  function: 30,
};

/** A product of two integers of so many bits, and its sum with a third. */
export const integerProduct = (bits: number): number => 300 + bits / 2;

/** An elementary function of a ball of so many bits. */
export const ballFunction = (bits: number): number => 40_000 + 100 * bits;
