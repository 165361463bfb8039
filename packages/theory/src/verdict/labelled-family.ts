import type { FunctionFamily } from '@tfjs-moe/numerics/exact';
import type { Support } from './support.ts';

/** The name of one function. */
export interface FunctionLabel {
  /** Plain, such as `d_bias h1`. */
  readonly text: string;
  /** Without dollar signs. */
  readonly latex: string;
  /** Number of derivatives and of factors that derivatives brought, which tells relations within an order from others. */
  readonly order: number;
  /** The atom that the function belongs to, from 0; nothing where it belongs to none or to all. */
  readonly atom?: number;
  /** What the name is made of, from which relations are recognised; nothing where they need not be. */
  readonly parts?: {
    /** `x_1`, or a derivative of a router. */
    readonly factors: readonly string[];
    /** Parameters that the function is differentiated in. */
    readonly derivatives: readonly string[];
    /** What is differentiated: `h`, `f`. */
    readonly of: string;
  };
}

/**
 * A family of functions whose members have names: what a verdict speaks about.
 *
 * Use it to ask `decide` about functions of your own; the sets of the papers come from `identifiability`.
 */
export interface LabelledFamily extends FunctionFamily {
  /** One per function, in the order of `evaluate`. */
  readonly labels: readonly FunctionLabel[];
  /** Where functions are compared, for the first inputs. Default: everywhere. */
  readonly support?: Support | undefined;
}
