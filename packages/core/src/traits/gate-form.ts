import type { Router } from '../router.ts';
import type { Runs } from '../runs.ts';

/**
 * How a gate's weights are written in evaluation, where that is one of three ways. Noise is left out.
 *
 * Names of parameters are the gate's own, with their paths; parameters of the gate that no form names have no part in
 * evaluation. Whether a parameter is learned stands in its specification.
 *
 * A backend may evaluate a layer by this form, and not by `route`. So the logits that a routing shows are those of the form,
 * and its probabilities are their softmax, or the sigmoids over their sum.
 */
export type GateForm = CompetitiveForm | SigmoidForm | HierarchicalForm;

/** Weights that are a softmax of the logits $z_e = (\pi_e(x) + \beta_{0e}) / \tau$. */
export interface CompetitiveForm extends ScoredForm {
  readonly type: 'competitive';
  /** Name of $\tau$, one positive number for all experts; without it $\tau = 1$. */
  readonly temperature?: string | undefined;
}

/** Weights $\sigma(z_e)$ of the logits $z_e = \pi_e(x) + \beta_{0e}$. */
export interface SigmoidForm extends ScoredForm {
  readonly type: 'sigmoid';
  /** Whether they are divided by their sum over all experts. Where there is a selection this is false. */
  readonly normalized: boolean;
}

/** What the forms with one router have in common. */
export interface ScoredForm {
  /** $\pi$. */
  readonly router: Router;
  /** Where the router's parameters are: under `router` its `kernel` is `router/kernel`, under an empty path `kernel`. */
  readonly path: string;
  /** Name of $\beta_0$, one number per expert; without it $\beta_0 = 0$. */
  readonly bias?: string | undefined;
  /** Which experts are selected; without it all. */
  readonly selection?: SelectionForm | undefined;
}

/** The k first experts have their weights, the others 0. Ties go to the lower index. */
export interface SelectionForm {
  readonly k: number;
  /** What comes first: the largest logit, the largest score $\pi$ without the bias, or the largest weight. */
  readonly by: 'logits' | 'scores' | 'weights';
  /** Name of a number per expert that is added to the weights for the selection alone. */
  readonly bias?: string | undefined;
  /** Whether the weights are divided by their sum over the selected experts. */
  readonly renormalized: boolean;
  /** What all weights are multiplied with in the end. Default 1. */
  readonly scale?: number | undefined;
}

/**
 * Weights $w_{ij} = g_i\,g_{j|i}$: one gate over groups of consecutive experts, and one inside every group with copies of
 * its own of all parameters that are not shared.
 */
export interface HierarchicalForm {
  readonly type: 'hierarchical';
  /** How many equal ones there are, or their sizes where these differ. */
  readonly groups: Runs;
  readonly outer: GateForm;
  readonly inner: GateForm;
}

/** The form of a gate whose parameters another gate keeps under a path, as `hierarchical` keeps those of its levels. */
export function formUnder(path: string, form: GateForm): GateForm {
  const under = <T extends string | undefined>(name: T) => name && `${path}/${name}`;
  switch (form.type) {
    case 'hierarchical':
      return { ...form, outer: formUnder(path, form.outer), inner: formUnder(path, form.inner) };
    case 'competitive':
      return { ...form, ...scored(form), temperature: under(form.temperature) };
    case 'sigmoid':
      return { ...form, ...scored(form) };
  }

  function scored(of: ScoredForm): Pick<ScoredForm, 'path' | 'bias' | 'selection'> {
    const { selection } = of;
    return {
      path: of.path === '' ? path : `${path}/${of.path}`,
      bias: under(of.bias),
      selection: selection && { ...selection, bias: under(selection.bias) },
    };
  }
}
