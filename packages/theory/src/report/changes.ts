import type { CompetitiveForm, Expert, Gate, Router, ScoredForm } from '@tfjs-moe/core';
import { ffn } from '@tfjs-moe/experts';
import { cosineRouter, linearRouter, mlpRouter, sigmoid } from '@tfjs-moe/gates';
import { expertTraits, gateTraits, readExpert, readGate, readRouter, routerTraits } from '@tfjs-moe/measures';
import { isLearned, isLinear } from '../mixture/covered-form.ts';
import { namedRouter } from '../mixture/named-router.ts';
import { expertOfLayers, expertWith, gateOfForm, gateWith, routerWith } from './built-ins.ts';
import { withRouter } from './with-router.ts';

/**
 * A single change of a gate or an expert that may mend a pair, with the code to write. Whether it does mend the pair is not
 * known here: the report card tries it.
 */
export interface Change {
  readonly name: string;
  /** What to do, in words. */
  readonly text: string;
  /** What to write instead. */
  readonly code: string;
  readonly part: 'gate' | 'expert';
  /** Whether the part has the same formula of the same parameters after it. Default false. */
  readonly keepsFormula?: boolean;
  readonly gate: Gate;
  readonly expert: Expert;
}

/** The changes that make sense for a pair with so many experts, those that change least first. */
export function changesOf(gate: Gate, expert: Expert, experts: number): Change[] {
  return [...gateChanges(gate, expert, experts), ...expertChanges(gate, expert)];
}

function gateChanges(gate: Gate, expert: Expert, experts: number): Change[] {
  const changes: Change[] = [];
  const add = ({ gate: changed, ...change }: Omit<Change, 'part' | 'expert' | 'gate'> & Partial<Change>) => {
    if (changed !== undefined) changes.push({ ...change, part: 'gate', expert, gate: changed });
  };
  const { form } = gateTraits(gate, experts);
  if (form?.type === 'hierarchical') return [];
  const logits: ScoredForm | undefined = form ?? readGate(gate, experts)?.logits;
  if (logits === undefined) return [];
  const { router } = logits;
  const heated = temperedLogits(gate, experts);
  if (heated !== undefined) {
    const isFixed = (changed: Gate) => !isLearned(changed, heated);
    add({
      name: 'fixed temperature',
      text: 'do not learn the temperature: fix it, or let a schedule move it',
      code: `temperature({ ..., learned: false })`,
      keepsFormula: true,
      gate: gateWith(gate, { learned: false }, isFixed) ?? gateOfForm(heated, false),
    });
    if (!isBounded(router)) {
      const { bounded, code } = boundedRouter(router);
      add({
        name: 'bounded router output',
        text: 'end the router with a bounded activation',
        code: `temperature({ ..., router: ${code} })`,
        gate: withRouter(gate, bounded, experts),
      });
    }
  }
  if (hidesLength(router)) {
    const options = { epsilon1: 0.1, epsilon2: 0.1, learned: false };
    const perturbed =
      routerWith(router, options, (changed) => !hidesLength(changed)) ?? cosineRouter(options);
    add({
      name: 'perturbed cosine',
      text: 'perturb the norms of the cosine router, and fix its temperature',
      code: `cosineRouter({ epsilon1: 0.1, epsilon2: 0.1, learned: false })`,
      gate: withRouter(gate, perturbed, experts),
    });
  }
  const isSigmoid = form?.type === 'sigmoid' && form.selection === undefined;
  if (!isSigmoid && isLinear(router)) {
    add({
      name: 'sigmoid gate',
      text: 'take a sigmoid gate',
      code: `sigmoid()`,
      gate: sigmoid({ router: gate.router === undefined ? linearRouter() : namedRouter(router) }),
    });
  }
  return changes;
}

/** The logits of a gate that learns a temperature and selects by no form. */
function temperedLogits(gate: Gate, experts: number): CompetitiveForm | undefined {
  const { form } = gateTraits(gate, experts);
  if (form !== undefined && (form.type !== 'competitive' || form.selection !== undefined)) return undefined;
  const logits = form ?? readGate(gate, experts)?.logits;
  return logits && isLearned(gate, logits) ? logits : undefined;
}

const boundedActivations: readonly unknown[] = ['tanh', 'sigmoid'];

function isBounded(router: Router): boolean {
  return boundedActivations.includes(routerTraits(router).form?.activation);
}

/** Whether the length of some parameters leaves no trace in the score, as that of a cosine's kernel. */
function hidesLength(router: Router): boolean {
  return (routerTraits(router).homogeneous ?? []).some(({ degree }) => degree === 0);
}

/** The router with a bounded end; hidden layers, if any, are kept where they are smooth. */
function boundedRouter(router: Router): { readonly bounded: Router; readonly code: string } {
  const layers = readRouter(router)?.layers;
  if (layers === undefined || isLinear(router)) {
    const code = "mlpRouter({ hiddenUnits: [], outputActivation: 'tanh' })";
    return { bounded: mlpRouter({ hiddenUnits: [], outputActivation: 'tanh' }), code };
  }
  const { units = [] } = routerTraits(router);
  const isHomogeneous = units.some(({ scales = [] }) => scales.length > 0);
  const options = {
    ...(isHomogeneous && { activation: 'gelu' as const }),
    outputActivation: 'tanh' as const,
  };
  const { hiddenUnits, activation } = layers;
  return {
    bounded: routerWith(router, options, isBounded) ?? mlpRouter({ hiddenUnits, activation, ...options }),
    code: `mlpRouter({ ...${isHomogeneous ? ", activation: 'gelu'" : ''}, outputActivation: 'tanh' })`,
  };
}

function expertChanges(gate: Gate, expert: Expert): Change[] {
  const changes: Change[] = [];
  const add = (change: Omit<Change, 'part' | 'gate'>) => changes.push({ part: 'expert', gate, ...change });
  const layers = readExpert(expert)?.layers;
  const isDeep = layers !== undefined && layers.hiddenUnits.length > 0;
  const isRidge = layers !== undefined && !isDeep && layers.outputActivation !== 'identity';
  const isSmooth = layers !== undefined && !homogeneousActivations.includes(layers.activation);
  const factory = layers?.of === 'direction' ? 'normalizedFfn' : 'ffn';
  const endsLinearly = isDeep && layers.outputActivation === 'identity';
  const changed = (options: { readonly activation?: 'gelu'; readonly outputWeights: false }) => {
    const { activation = layers!.activation } = options;
    const isWanted = (of: Expert) => readExpert(of)?.layers?.outputActivation === activation;
    return (
      expertWith(expert, options, isWanted) ??
      expertOfLayers({ ...layers!, activation, outputActivation: activation })
    );
  };
  if (endsLinearly && isSmooth) {
    add({
      name: 'no output scale',
      text: 'let the activation be the last operation of the expert: no output weights',
      code: `${factory}({ ..., outputWeights: false })`,
      expert: changed({ outputWeights: false }),
    });
  }
  if ((isDeep || isRidge) && !isSmooth) {
    add({
      name: endsLinearly ? 'smooth activation, no output scale' : 'smooth activation',
      text: `take a smooth activation that is not homogeneous, such as gelu or tanh${
        endsLinearly ? ', and no output weights' : ''
      }`,
      code: `${factory}({ ..., activation: 'gelu'${endsLinearly ? ', outputWeights: false' : ''} })`,
      expert: changed({ activation: 'gelu', outputWeights: false }),
    });
  }
  const isOfTheory = isRidge && isSmooth && expertTraits(expert).form?.of === 'input';
  if (!isOfTheory) {
    add({
      name: 'ridge expert',
      text: 'take the expert of the theory, gelu(a.x + b), as many of them as are needed',
      code: `ffn({ hiddenUnits: [], activation: 'gelu', outputWeights: false })`,
      expert: ffn({ hiddenUnits: [], activation: 'gelu', outputWeights: false }),
    });
  }
  return changes;
}

const homogeneousActivations: readonly string[] = ['relu', 'identity'];
