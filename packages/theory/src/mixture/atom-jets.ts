import {
  mapNames,
  type Numbers,
  type ParamSpecs,
  paramSize,
  replicate,
  type ScoredForm,
  scoped,
} from '@tfjs-moe/core';
import { type MixingMeasure, measureSpecs } from '@tfjs-moe/measures';
import { gridInput, gridParams, type Jet, paramLabels, type Ring } from '@tfjs-moe/numerics';
import { idealOps } from './ideal-ops.ts';

/**
 * One atom's expert and router as jets over any ring, with the names of their parameters.
 */
export interface AtomJets {
  /** Names of the trainable parameters, in the order of the jet's indices. */
  readonly parameters: readonly string[];
  jet<S>(ring: Ring<S>, x: readonly S[]): Jet<S>;
}

/** $h(x, \eta_e)$ with derivatives in $\eta_e$. */
export function expertJets(of: MixingMeasure, atom: number): AtomJets {
  const specs = replicate(of.expert.params(of.inputDim, 1), 1);
  const data = ofAtom(measureSpecs(of).expert, of.expertParams, of.experts, atom);
  return {
    parameters: paramLabels(specs),
    jet(ring, x) {
      const [jet] = of.expert.apply(idealOps(ring), gridInput(x), gridParams(ring, specs, data)).entries;
      return jet!;
    },
  };
}

/** $\pi(x, \beta_{1e})$ with derivatives in $\beta_{1e}$, for a gate with one router, whose parameters are at a path. */
export function routerJets(
  of: MixingMeasure,
  { router, path }: Pick<ScoredForm, 'router' | 'path'>,
  atom: number,
): AtomJets {
  const specs = replicate(router.params(of.inputDim), 1);
  const data = scoped(path, ofAtom(measureSpecs(of).gate, of.gateParams, of.experts, atom));
  return {
    parameters: paramLabels(specs),
    jet(ring, x) {
      const [jet] = router.logit(idealOps(ring), gridInput(x), gridParams(ring, specs, data)).entries;
      return jet!;
    },
  };
}

function ofAtom(
  specs: ParamSpecs,
  numbers: Numbers,
  experts: number,
  atom: number,
): Record<string, readonly number[]> {
  return mapNames(specs, (spec, name) => {
    const all = numbers[name]!;
    const size = paramSize(spec);
    return spec.copies === experts && !spec.shared
      ? all.slice(atom * size, (atom + 1) * size)
      : all.slice(0, size);
  });
}
