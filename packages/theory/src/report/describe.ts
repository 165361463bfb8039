import type { CompetitiveForm, Expert, Gate, GateForm, Router } from '@tfjs-moe/core';
import { expertTraits, gateTraits, readExpert, readGate, readRouter, servable } from '@tfjs-moe/measures';
import { isLearned, isLinear } from '../mixture/covered-form.ts';

/** A gate in a few words, by its form or else by its kind: `learned temperature gate over a linear router`. */
export function describeGate(gate: Gate): string {
  const { form } = gateTraits(gate);
  if (form !== undefined) return describeForm(gate, form);
  const router = gate.router ?? readGate(gate, servable(gate))?.logits?.router;
  return `${gate.kind} gate${router ? ` over ${describeRouter(router)}` : ''}`;
}

function describeForm(gate: Gate, form: GateForm): string {
  if (form.type === 'hierarchical') {
    const levels = [form.outer, form.inner].map((level) => describeForm(gate, level));
    const groups =
      typeof form.groups === 'number' ? `${form.groups} groups` : `groups of ${form.groups.join(', ')}`;
    return `hierarchical gate of ${groups} (${levels.join('; ')})`;
  }
  const over = ` over ${describeRouter(form.router)}`;
  const weighting = form.type === 'sigmoid' ? sigmoidWords(form.normalized) : softmaxWords(gate, form);
  return `${form.selection ? `top-${form.selection.k} gate of a ` : ''}${weighting}${over}`;
}

const sigmoidWords = (normalized: boolean) => `${normalized ? 'normalised ' : ''}sigmoid gate`;

function softmaxWords(gate: Gate, form: CompetitiveForm): string {
  if (form.temperature === undefined) return 'softmax gate';
  return `${isLearned(gate, form) ? 'learned' : 'fixed'} temperature gate`;
}

function describeRouter(router: Router): string {
  if (isLinear(router)) return 'a linear router';
  const layers = readRouter(router)?.layers;
  if (layers === undefined || layers.of !== 'input') return `a ${router.kind} router`;
  const { hiddenUnits, activation, outputActivation } = layers;
  const inside =
    hiddenUnits.length === 0 ? 'v.x' : `v.${activation}(W x + b), ${hiddenUnits.join(' and ')} wide`;
  return `the router ${outputActivation}(${inside})`;
}

/** An expert in a few words, by its form, its layers or else its kind: `gelu(a.x + b) experts`. */
export function describeExpert(expert: Expert): string {
  const { form } = expertTraits(expert);
  if (form !== undefined) {
    const { of, bias, activation = 'identity', degree = 1 } = form;
    if (of === 'nothing') return 'constant experts';
    const affine = `a.${of === 'input' ? 'x' : 'x/|x|'}${bias === undefined ? '' : ' + b'}`;
    if (degree > 1) return `polynomial experts (${affine})^${degree}`;
    return activation === 'identity' ? `linear experts ${affine}` : `${activation}(${affine}) experts`;
  }
  const layers = readExpert(expert)?.layers;
  if (layers === undefined) return `${expert.kind} experts`;
  const { of, hiddenUnits, activation, outputActivation } = layers;
  const end = outputActivation === 'identity' ? 'with output weights' : `ending with ${activation}`;
  const plural = hiddenUnits.join() === '1' ? '' : 's';
  const widths = `${hiddenUnits.join(' and ')} hidden ${activation} unit${plural}`;
  return `experts of ${widths}${of === 'input' ? '' : ' of x/|x|'} ${end}`;
}
