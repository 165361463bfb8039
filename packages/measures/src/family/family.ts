import type { Config, OptionsJson, Stream } from '@tfjs-moe/core';
import type { LawColumns } from './law-columns.ts';
import type { LawImage } from './law-image.ts';

/** What was observed, in columns of one length. */
export interface Observed {
  /** $y_i$. */
  readonly response: Float64Array;
  /** Trials of a binomial response; 1 each where they are not given. */
  readonly trials?: Float64Array | undefined;
  readonly weights: Float64Array;
}

/** The law of one response, given an expert's outputs. */
export interface ResponseLaw {
  /** $h$, the outputs of an expert at the row, offset included. */
  readonly outputs: ArrayLike<number>;
  /** The expert's dispersion; 1 of a family without one. */
  readonly dispersion: number;
  /** Of a binomial response. */
  readonly trials: number;
  /** Which expert, from 0: experts may have families of their own. Default 0. */
  readonly expert?: number;
}

/** A positive number of every expert beside its outputs: a deviation, a shape. */
export interface Dispersion {
  /** What it is called in tables: `sigma`, `shape`, `theta`. */
  readonly name: string;
  /**
   * At which end the likelihood has no bound, because an expert fits its rows exactly: `low` of a deviation, `high` of a
   * shape. None where either end is a law like the others.
   */
  readonly degenerate?: 'low' | 'high';
  /**
   * Between which numbers it stays.
   * @param spread of the response in the family's own measure, as `spreadOf` gives it
   * @param least the smallest variance that an expert may have, as a part of the response's
   */
  bounds(spread: number, least: number): readonly [low: number, high: number];
}

/** What a family's author writes. */
export interface FamilyDefinition {
  /** Options with their defaults filled in, as JSON. */
  readonly config: OptionsJson;
  /** What an output is of the mean: itself, its logarithm, or the logit. Of classes the logits of all. */
  readonly link: 'identity' | 'log' | 'logit';
  /** Responses are counted: probabilities instead of densities, and residuals are drawn between two of them. */
  readonly isDiscrete: boolean;
  /**
   * Which responses it is for, in words: `numbers`, `positive numbers`, `counts`, `counts up to trials`, `classes`. Experts
   * have families of their own where these say the same; a family without it stands beside no other.
   */
  readonly support?: string;
  /** Of experts with families of their own: that of each. */
  readonly families?: readonly Family[];
  /** A response is one of so many classes, with an output for each. */
  readonly isClass?: boolean;
  /** Whether a response is out of a number of trials, which come with the sample. */
  readonly hasTrials?: boolean;
  /** The positive number beside the outputs, if there is one. */
  readonly dispersion?: Dispersion;
  /**
   * Whether $\log f$ is one function of $(y - h) / \sigma$, so that the units of the response are free.
   */
  readonly isLocationScale?: boolean;
  /** Whether that function is a square, so that steps of weighted least squares are exact. */
  readonly isLeastSquares?: boolean;
  /** Whether it is an absolute value, so that steps of weighted least absolute deviations are exact, and $\log f$ has a kink. */
  readonly isLeastAbsolute?: boolean;
  /** Throws for the first row whose response the family gives no probability to. */
  expectResponse(who: string, observed: Observed): void;
  /** How far a response varies in the family's own measure, to bound dispersions by. */
  spreadOf?(who: string, observed: Observed): number;
  /** The responses on the scale of the outputs, for starts: $\log(y + \tfrac12)$ of counts. */
  onLinkScale(observed: Observed): Float64Array;
  /**
   * $\log f(y_i; h_i, \varphi)$ with its derivatives, block after block.
   * @param classes of a class
   */
  columns(observed: Observed, classes?: number): LawColumns;
  /** The law over `Ops`, for verdicts on what of it can be identified; without it there are none. */
  readonly image?: LawImage;
  /** The law under another transform, for verdicts where it stands beside families whose image is of that one. */
  readonly imageBeside?: LawImage;
  /** $\mathrm{E}\, y$. Of classes there is none. */
  mean(law: ResponseLaw): number;
  variance(law: ResponseLaw): number;
  /** $P(Y < y)$, $P(Y = y)$ (0 of a density) and $P(Y > y)$, each without cancellation. */
  tails(law: ResponseLaw, y: number): readonly [below: number, at: number, above: number];
  /** One response. */
  draw(law: ResponseLaw, random: Stream): number;
}

/** The law of a response given an expert's outputs: a frozen plain object. */
export interface Family extends Omit<FamilyDefinition, 'config'> {
  readonly role: 'family';
  readonly kind: string;
  readonly config: Config;
}
