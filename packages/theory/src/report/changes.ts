import {
  type Config,
  type Expert,
  type Gate,
  getExpert,
  getGate,
  getRouter,
  type Router,
} from '@tfjs-moe/core';
import { ffn } from '@tfjs-moe/experts';
import { mlpRouter, sigmoid } from '@tfjs-moe/gates';
import { withRouter } from './subject.ts';

export interface Change {
  readonly name: string;
  /** What to do, in words. */
  readonly text: string;
  /** What to write instead. */
  readonly code: string;
  readonly part: 'gate' | 'expert';
  readonly gate: Gate;
  readonly expert: Expert;
}

const who = 'reportCard';

/**
 * Single changes of a gate or an expert that may mend a pair, each with the code to write. Whether a change does mend the
 * pair is not known here: the report card tries it.
 *
 * The changes that make sense for a pair, those that change least first.
 */
export function changesOf(gate: Gate, expert: Expert): Change[] {
  return [...gateChanges(gate, expert), ...expertChanges(gate, expert)];
}

function gateChanges(gate: Gate, expert: Expert): Change[] {
  const changes: Change[] = [];
  const add = (change: Omit<Change, 'part' | 'expert'>) => changes.push({ part: 'gate', expert, ...change });
  const { config } = gate;
  const router = gate.router?.config;
  if (config.kind === 'temperature' && config.learned === true) {
    add({
      name: 'fixed temperature',
      text: 'do not learn the temperature: fix it, or let a schedule move it',
      code: `temperature({ ..., learned: false })`,
      gate: getGate({ ...config, learned: false }, who),
    });
    const isBounded = router?.kind === 'mlp' && isBoundedActivation(router.outputActivation);
    if (!isBounded) {
      add({
        name: 'bounded router output',
        text: 'end the router with a bounded activation',
        code: `temperature({ ..., router: ${boundedCode(router)} })`,
        gate: withRouter(gate, boundedRouter(router)),
      });
    }
  }
  if (router?.kind === 'cosine' && (router.epsilon1 === 0 || router.epsilon2 === 0)) {
    const perturbed = { ...router, epsilon1: 0.1, epsilon2: 0.1, learned: false };
    add({
      name: 'perturbed cosine',
      text: 'perturb the norms of the cosine router, and fix its temperature',
      code: `cosineRouter({ epsilon1: 0.1, epsilon2: 0.1, learned: false })`,
      gate: getGate({ ...config, router: perturbed }, who),
    });
  }
  if (config.kind !== 'sigmoid' && gate.router?.kind === 'linear') {
    add({
      name: 'sigmoid gate',
      text: 'take a sigmoid gate',
      code: `sigmoid()`,
      gate: sigmoid({ router: gate.router }),
    });
  }
  return changes;
}

const isBoundedActivation = (name: unknown) => name === 'tanh' || name === 'sigmoid';

/** The router with a bounded end; hidden layers, if any, are kept where they are smooth. */
function boundedRouter(config: Config | undefined): Router {
  if (config?.kind !== 'mlp') return mlpRouter({ hiddenUnits: [], outputActivation: 'tanh' });
  return getRouter({ ...config, activation: smoothHidden(config), outputActivation: 'tanh' }, who);
}

function boundedCode(config: Config | undefined): string {
  if (config?.kind !== 'mlp') return "mlpRouter({ hiddenUnits: [], outputActivation: 'tanh' })";
  const hidden = smoothHidden(config) === config.activation ? '' : ", activation: 'gelu'";
  return `mlpRouter({ ...${hidden}, outputActivation: 'tanh' })`;
}

function smoothHidden({ activation }: Config) {
  return activation === 'relu' || activation === 'identity' ? 'gelu' : activation;
}

function expertChanges(gate: Gate, expert: Expert): Change[] {
  const changes: Change[] = [];
  const add = (change: Omit<Change, 'part' | 'gate'>) => changes.push({ part: 'expert', gate, ...change });
  const { config } = expert;
  const isFeedForward = config.kind === 'ffn' || config.kind === 'normalizedFfn';
  const isSmooth = config.activation !== 'relu' && config.activation !== 'identity';
  if (isFeedForward && config.outputWeights === true && isSmooth) {
    add({
      name: 'no output scale',
      text: 'let the activation be the last operation of the expert: no output weights',
      code: `${config.kind}({ ..., outputWeights: false })`,
      expert: getExpert({ ...config, outputWeights: false }, who),
    });
  }
  if (isFeedForward && !isSmooth) {
    add({
      name: config.outputWeights === true ? 'smooth activation, no output scale' : 'smooth activation',
      text: `take a smooth activation that is not homogeneous, such as gelu or tanh${
        config.outputWeights === true ? ', and no output weights' : ''
      }`,
      code: `${config.kind}({ ..., activation: 'gelu'${config.outputWeights === true ? ', outputWeights: false' : ''} })`,
      expert: getExpert({ ...config, activation: 'gelu', outputWeights: false }, who),
    });
  }
  const isRidge = isFeedForward && Array.isArray(config.hiddenUnits) && config.hiddenUnits.length === 0;
  if (!(isRidge && isSmooth && config.outputWeights === false && config.kind === 'ffn')) {
    add({
      name: 'ridge expert',
      text: 'take the expert of the theory, gelu(a.x + b), as many of them as are needed',
      code: `ffn({ hiddenUnits: [], activation: 'gelu', outputWeights: false })`,
      expert: ffn({ hiddenUnits: [], activation: 'gelu', outputWeights: false }),
    });
  }
  return changes;
}
