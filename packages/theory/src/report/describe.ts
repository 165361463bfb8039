/**
 * Gates and experts in a few words.
 */
import type { Config, Json } from '@tfjs-moe/core';

const part = (value: Json | undefined): Config | undefined =>
  typeof value === 'object' && value !== null && 'kind' in value ? (value as Config) : undefined;

/** `temperature gate over a linear router` */
export function describeGate(config: Config): string {
  const router = part(config.router);
  const over = router ? ` over ${describeRouter(router)}` : '';
  const of = (name: string) => {
    const level = part(config[name]);
    return level ? describeGate(level) : 'softmax gate';
  };
  switch (config.kind) {
    case 'temperature':
      return `${config.learned === true ? 'learned' : 'fixed'} temperature gate${over}`;
    case 'topK':
      return `top-${config.k} gate of a ${of('weighting')}`;
    case 'noisyTopK':
      return `noisy top-${config.k} gate${over}`;
    case 'switchGate':
      return `switch gate${over}`;
    case 'hierarchical':
      return `hierarchical gate of ${config.groups} groups (${of('outer')}; ${of('inner')})`;
    case 'sigmoid':
      return `${config.normalize === true ? 'normalised ' : ''}sigmoid gate${over}`;
    default:
      return `${config.kind} gate${over}`;
  }
}

function describeRouter(config: Config): string {
  if (config.kind !== 'mlp') return `a ${config.kind} router`;
  const hidden = config.hiddenUnits as readonly number[];
  const inside =
    hidden.length === 0 ? 'v.x' : `v.${config.activation}(W x + b), ${hidden.join(' and ')} wide`;
  return `the router ${config.outputActivation}(${inside})`;
}

/** `gelu(a.x + b) experts` */
export function describeExpert(config: Config): string {
  const bias = config.useBias === false ? '' : ' + b';
  switch (config.kind) {
    case 'linear':
      return `linear experts a.x${bias}`;
    case 'constant':
      return 'constant experts';
    case 'polynomial':
      return `polynomial experts (a.x${bias})^${config.degree}`;
    case 'ffn':
    case 'normalizedFfn': {
      const input = config.kind === 'ffn' ? 'x' : 'x/|x|';
      const hidden = config.hiddenUnits as readonly number[];
      if (hidden.length === 0) return `${config.activation}(a.${input}${bias}) experts`;
      const end = config.outputWeights === false ? `ending with ${config.activation}` : 'with output weights';
      const widths = `${hidden.join(' and ')} hidden ${config.activation} unit${hidden.join() === '1' ? '' : 's'}`;
      return `experts of ${widths}${config.kind === 'ffn' ? '' : ' of x/|x|'} ${end}`;
    }
    default:
      return `${config.kind} experts`;
  }
}
