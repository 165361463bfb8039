import type { ProfileName } from 'tfjs-moe';

/** Name of a family of published models whose blocks can be read and written. */
export type FamilyName =
  | 'deepseek-v2'
  | 'deepseek-v3'
  | 'ernie-4.5'
  | 'gpt-oss'
  | 'granite-moe'
  | 'jetmoe'
  | 'llama-4'
  | 'minimax'
  | 'minimax-m2'
  | 'mixtral'
  | 'olmoe'
  | 'phi-moe'
  | 'qwen2-moe'
  | 'qwen3-moe';

/** What the names of a model's `config.json` mean. */
export interface ConfigKeys {
  readonly experts: string;
  readonly expertsPerToken: string;
  readonly hiddenUnits: string;
  readonly sharedHiddenUnits?: string;
  /** Whether weights of the selected experts are divided by their sum. */
  readonly renormalize?: string;
  readonly weightScale?: string;
  readonly groups?: string;
  readonly keep?: string;
  readonly activation: string;
  readonly limit?: string;
  readonly jitter?: string;
}

/** How the tensors of a family are named and laid out. */
export interface Family {
  /** Values of `model_type` in a `config.json`. */
  readonly modelTypes: readonly string[];
  /** How it routes, where no config says otherwise. */
  readonly profile: ProfileName;
  readonly keys: ConfigKeys;
  /** Folders of the block in a layer, the one that is written first. */
  readonly blocks: readonly string[];
  /** Names of the router's kernel [E, D] in the block, the one that is written first. */
  readonly routers: readonly string[];
  /** Name of the bias [E] of the router. */
  readonly routerBias?: string;
  /** Names of the selection bias, [E] or [1, E] (`selectionBiasAxes`), the one that is written first. */
  readonly selectionBias?: readonly string[];
  readonly selectionBiasAxes?: 1 | 2;
  /** Kernels of one expert, `experts.{e}.{name}.weight`: gate and up [I, D], down [D, I]. */
  readonly perExpert?: { readonly gate: string; readonly up: string; readonly down: string };
  /** All experts in two tensors under these names, gate and up in one. */
  readonly fused: { readonly gateUp: string; readonly down: string };
  /** Fused kernels are [in, out], and not [out, in]. */
  readonly isTransposed?: boolean;
  /** The rows of gate and up take turns, and do not lie in two halves. */
  readonly isInterleaved?: boolean;
  /** Affine maps have biases, and experts may be stored in MXFP4. */
  readonly hasBiases?: boolean;
  /** The shared expert. */
  readonly shared?: SharedNames;
  /** A bias [D] of the whole block. */
  readonly blockBias?: string;
  /** Which layout is written where none is asked for. */
  readonly writes: Exclude<LayoutName, 'mxfp4'>;
  /** What stands before `layers.` in the names that are written. Default `model.`. */
  readonly writesUnder?: string;
}

/** A shared expert: three kernels, or two with gate and up in one. */
export interface SharedNames {
  readonly gate?: string;
  readonly up?: string;
  readonly gateUp?: string;
  readonly down: string;
  /** Stands in the layer, and not in the block. */
  readonly isOutside?: boolean;
  /** A model of the family may have none. */
  readonly isOptional?: boolean;
  /** Kernel [1, D] of the sigmoid that multiplies it. */
  readonly weighting?: string;
}

/** How the experts lie in a file: each for itself, all in two tensors, or those in blocks of 4 bits. */
export type LayoutName = 'perExpert' | 'fused' | 'mxfp4';
