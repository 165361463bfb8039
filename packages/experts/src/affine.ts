import {
  expectBoolean,
  getInitializer,
  type InitializerConfig,
  type InitializerIdentifier,
  type ParamSpec,
} from '@tfjs-moe/core';

/**
 * Options of experts made of affine maps $x W + b$: whether there are biases, and what weights start with.
 */
export interface AffineOptions {
  /** Whether the affine maps have their $b$. Default true. */
  readonly useBias?: boolean;
  /** Initial values of every $W$. Default `'glorotUniform'`. */
  readonly kernelInitializer?: InitializerIdentifier;
  /** Initial values of every $b$. Default `'zeros'`. */
  readonly biasInitializer?: InitializerIdentifier;
}

/** The names of `AffineOptions`, for the check of unknown options. */
export const affineOptions: readonly string[] = ['useBias', 'kernelInitializer', 'biasInitializer'];

/** The parameters of one affine map. */
export interface AffineParams {
  kernel: unknown;
  bias?: unknown;
}

/** The checked options and the parameters that follow from them. */
export interface Affine {
  readonly config: {
    readonly useBias: boolean;
    readonly kernelInitializer: InitializerConfig;
    readonly biasInitializer: InitializerConfig;
  };
  /** The parameter $W$ of a map. */
  kernel(inputDim: number, units: number): ParamSpec;
  /** The parameter $b$ under a name, or nothing without biases. */
  bias<N extends string>(name: N, units: number): { readonly [name in N]?: ParamSpec };
  /** The names of a map's parameters, without that of $b$ where there are no biases. */
  names(kernel: string, bias: string): readonly [kernel: string, ...bias: string[]];
}

/**
 * What experts made of affine maps $x W + b$ have in common: three options and two kinds of parameter.
 *
 * Reads the options; `who` is named in errors.
 */
export function affine(who: string, options: AffineOptions, useBiasByDefault = true): Affine {
  const useBias = expectBoolean(who, 'useBias', options.useBias ?? useBiasByDefault);
  const kernelInitializer = getInitializer(
    who,
    'kernelInitializer',
    options.kernelInitializer ?? 'glorotUniform',
  );
  const biasInitializer = getInitializer(who, 'biasInitializer', options.biasInitializer ?? 'zeros');
  return {
    config: { useBias, kernelInitializer, biasInitializer },
    kernel: (inputDim, units) => ({ shape: [inputDim, units], initializer: kernelInitializer }),
    bias<N extends string>(name: N, units: number) {
      const spec: ParamSpec = { shape: [units], initializer: biasInitializer };
      return (useBias ? { [name]: spec } : {}) as { readonly [key in N]?: ParamSpec };
    },
    names: (kernel, bias) => (useBias ? [kernel, bias] : [kernel]),
  };
}
