import { type Config, type Gate, getGate, type Router } from '@tfjs-moe/core';

/** A selection of k experts. */
export interface SelectionForm {
  readonly k: number;
  /** Whether the denominator sums over the selected experts alone. */
  readonly renormalized: boolean;
}

/** Weights that are a softmax of $(\pi + \beta_0) / \tau$. */
export interface CompetitiveForm {
  readonly kind: 'competitive';
  readonly router: Router;
  readonly useBias: boolean;
  readonly hasTemperature: boolean;
  readonly selection?: SelectionForm;
}

/** Weights $\sigma(\pi + \beta_0)$, divided by their sum or not. */
export interface SigmoidForm {
  readonly kind: 'sigmoid';
  readonly router: Router;
  readonly useBias: boolean;
  readonly normalize: boolean;
}

/** A softmax over groups and one within each. */
export interface HierarchicalForm {
  readonly kind: 'hierarchical';
  readonly groups: number;
  readonly outer: CompetitiveForm;
  readonly inner: CompetitiveForm;
}

export type GateForm = CompetitiveForm | SigmoidForm | HierarchicalForm;

/**
 * The form of a gate, where its mixture can be written with exponentials: what the second-order criterion and a Jacobian
 * without divisions are made of.
 *
 * Every softmax-like gate, also behind a temperature or a selection, gives atom e the weight
 * $s_e e^{z_e} / \sum_l t_l e^{z_l}$, with s and t the 0/1 masks of what is selected and of what is summed.
 *
 * Nothing for gates of other forms, such as those of a user.
 */
export function gateForm({ config, router }: Pick<Gate, 'config' | 'router'>): GateForm | undefined {
  return formOf(config, router);
}

function formOf(config: Config, router: Router | undefined): GateForm | undefined {
  if (config.kind === 'hierarchical') {
    const [outer, inner] = [config.outer, config.inner].map((level) => gateForm(getGate(level as Config)));
    const isPlain = outer?.kind === 'competitive' && inner?.kind === 'competitive';
    if (!isPlain || [outer, inner].some(({ selection, hasTemperature }) => selection || hasTemperature))
      return undefined;
    return { kind: 'hierarchical', groups: config.groups as number, outer, inner };
  }
  if (router === undefined) return undefined;
  const useBias = config.useBias !== false;
  const softmax: CompetitiveForm = { kind: 'competitive', router, useBias, hasTemperature: false };
  const select = (k: number, renormalized: boolean): CompetitiveForm => ({
    ...softmax,
    selection: { k, renormalized },
  });
  switch (config.kind) {
    case 'softmax':
      return softmax;
    case 'temperature':
      return config.threshold === 0 ? { ...softmax, hasTemperature: true } : undefined;
    case 'sigmoid':
      return { kind: 'sigmoid', router, useBias, normalize: config.normalize === true };
    case 'switchGate':
      return select(1, false);
    case 'noisyTopK':
      return select(config.k as number, isRenormalized(config));
    case 'topK': {
      const weighting = config.weighting as Config;
      if (weighting.kind !== 'softmax') return undefined;
      return { ...select(config.k as number, isRenormalized(config)), useBias: weighting.useBias !== false };
    }
    default:
      return undefined;
  }
}

const isRenormalized = ({ k, renormalize }: Config) => k !== 1 && renormalize !== 'never';
