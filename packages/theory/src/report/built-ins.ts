import {
  type Expert,
  type Gate,
  type GateForm,
  getExpert,
  getGate,
  getRouter,
  type OptionsJson,
  type Router,
} from '@tfjs-moe/core';
import { ffn, normalizedFfn } from '@tfjs-moe/experts';
import { hierarchical, sigmoid, softmax, temperature, topK } from '@tfjs-moe/gates';
import type { FeedForward } from '@tfjs-moe/measures';
import { namedRouter } from '../mixture/named-router.ts';

/**
 * The gate of this library whose weights have a form.
 * @param learned whether its temperature, if it has one, is learned
 */
export function gateOfForm(form: GateForm, learned = true): Gate {
  if (form.type === 'hierarchical') {
    const [outer, inner] = [form.outer, form.inner].map((level) => gateOfForm(level, learned));
    return hierarchical({ groups: form.groups, outer: outer!, inner: inner! });
  }
  const { selection } = form;
  if (selection === undefined) return denseGate(form, form.type === 'sigmoid' && form.normalized, learned);
  const { k, by, bias, renormalized, scale = 1 } = selection;
  return topK({
    k,
    weighting: denseGate(form, false, learned),
    renormalize: renormalized ? 'beforeDrop' : 'never',
    biasInSelection: by !== 'scores',
    selectionBias: bias !== undefined,
    weightScale: scale,
  });
}

function denseGate(
  form: Exclude<GateForm, { type: 'hierarchical' }>,
  normalize: boolean,
  learned: boolean,
): Gate {
  const options = { router: namedRouter(form.router), useBias: form.bias !== undefined };
  if (form.type === 'sigmoid') return sigmoid({ ...options, normalize });
  return form.temperature === undefined ? softmax(options) : temperature({ ...options, learned });
}

/** The expert of this library that is made of layers. */
export function expertOfLayers(layers: FeedForward): Expert {
  const { of, epsilon, hiddenUnits, activation, outputActivation, useBias } = layers;
  const outputWeights = outputActivation === 'identity' && hiddenUnits.length > 0;
  const options = { hiddenUnits, activation, outputWeights, useBias };
  return of === 'input' ? ffn(options) : normalizedFfn({ ...options, epsilon });
}

/** A gate with other options, where it takes them and they make it what is wanted. */
export function gateWith(
  gate: Gate,
  options: OptionsJson,
  isWanted: (changed: Gate) => boolean,
): Gate | undefined {
  const changed = attempt(() => getGate({ ...gate.config, ...options }));
  return changed && isWanted(changed) ? changed : undefined;
}

/** An expert with other options, where it takes them and they make it what is wanted. */
export function expertWith(
  expert: Expert,
  options: OptionsJson,
  isWanted: (changed: Expert) => boolean,
): Expert | undefined {
  const changed = attempt(() => getExpert({ ...expert.config, ...options }));
  return changed && isWanted(changed) ? changed : undefined;
}

/** A router with other options, where it takes them and they make it what is wanted. */
export function routerWith(
  router: Router,
  options: OptionsJson,
  isWanted: (changed: Router) => boolean,
): Router | undefined {
  const changed = attempt(() => getRouter({ ...router.config, ...options }));
  return changed && isWanted(changed) ? changed : undefined;
}

/** A form with another router on every level. */
export function formWith(form: GateForm, router: Router): GateForm {
  if (form.type === 'hierarchical')
    return { ...form, outer: formWith(form.outer, router), inner: formWith(form.inner, router) };
  return { ...form, router, path: 'router' };
}

/** The routers of a form, level by level. */
export function routersOf(form: GateForm): Router[] {
  return form.type === 'hierarchical' ? [...routersOf(form.outer), ...routersOf(form.inner)] : [form.router];
}

function attempt<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch {
    return undefined;
  }
}
