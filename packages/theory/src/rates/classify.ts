/**
 * The classes that the theorems speak of, read from the configs of a gate and an expert.
 */
import type { Config, Expert, Gate, Json } from '@tfjs-moe/core';

/** Gates that theorems exist for. */
export type GateClass =
  | 'softmax'
  | 'dense-to-sparse, linear router'
  | 'dense-to-sparse, homogeneous router'
  | 'dense-to-sparse, general router'
  | 'hierarchical softmax'
  | 'sigmoid'
  | 'top-K'
  | 'other';

/**
 * `smooth`: $\sigma(a^\top x + b)$ without output weights, also of the direction of x, with gelu, tanh or sigmoid,
 * the activations of the papers. `output scale`: any expert that ends linearly.
 */
export type ExpertClass =
  | 'smooth'
  | 'relu'
  | 'linear'
  | 'polynomial'
  | 'input-free'
  | 'output scale'
  | 'other';

function part(of: Json | undefined): Config | undefined {
  return typeof of === 'object' && of !== null && 'kind' in of ? (of as Config) : undefined;
}

export function gateClass({ kind, config }: Pick<Gate, 'kind' | 'config'>): GateClass {
  const router = part(config.router);
  switch (kind) {
    case 'softmax':
      return router?.kind === 'linear' ? 'softmax' : 'other';
    case 'sigmoid':
      return router?.kind === 'linear' && config.normalize === false ? 'sigmoid' : 'other';
    case 'temperature':
      if (config.threshold !== 0) return 'other';
      // A temperature that is not estimated is a known factor of the scores.
      if (config.learned !== true) return router?.kind === 'linear' ? 'softmax' : 'other';
      if (router?.kind === 'linear') return 'dense-to-sparse, linear router';
      // A hidden layer that is homogeneous trades its scale for that of the next one, whatever comes after.
      if (router?.kind !== 'mlp' || hasHomogeneousLayer(router)) return 'other';
      return router.outputActivation === 'identity' || router.outputActivation === 'relu'
        ? 'dense-to-sparse, homogeneous router'
        : 'dense-to-sparse, general router';
    case 'hierarchical': {
      const levels = [part(config.outer), part(config.inner)];
      const plain = levels.every(
        (level) => level?.kind === 'softmax' && part(level.router)?.kind === 'linear',
      );
      return plain ? 'hierarchical softmax' : 'other';
    }
    case 'topK':
      return isTheoryTopK(config) ? 'top-K' : 'other';
    default:
      return 'other';
  }
}

function hasHomogeneousLayer({ hiddenUnits, activation }: Config): boolean {
  const isHomogeneous = activation === 'relu' || activation === 'identity';
  return Array.isArray(hiddenUnits) && hiddenUnits.length > 0 && isHomogeneous;
}

/** Softmax over the selected experts alone, selected by $\beta_1^\top x$ without the bias. */
function isTheoryTopK(config: Config): boolean {
  const weighting = part(config.weighting);
  const isSoftmax = weighting?.kind === 'softmax' && part(weighting.router)?.kind === 'linear';
  const isNormalized = config.k !== 1 && config.renormalize === 'beforeDrop';
  return (
    isSoftmax && isNormalized && !config.biasInSelection && !config.selectionBias && config.weightScale === 1
  );
}

const smooth: readonly Json[] = ['gelu', 'tanh', 'sigmoid'];

export function expertClass({ kind, config }: Pick<Expert, 'kind' | 'config'>): ExpertClass {
  switch (kind) {
    case 'linear':
      return 'linear';
    case 'constant':
      return 'input-free';
    case 'polynomial':
      return config.degree === 1 ? 'linear' : 'polynomial';
    case 'gatedFfn':
      return 'output scale';
    case 'ffn':
    case 'normalizedFfn': {
      if (config.outputWeights !== false) return 'output scale';
      const { hiddenUnits, activation } = config;
      if (!Array.isArray(hiddenUnits) || hiddenUnits.length > 0) return 'other';
      if (activation === 'identity') return kind === 'ffn' ? 'linear' : 'other';
      if (activation === 'relu') return 'relu';
      return smooth.includes(activation as Json) ? 'smooth' : 'other';
    }
    default:
      return 'other';
  }
}
