import { test } from 'vitest';
import { softmax, topK, sigmoid, temperature, hierarchical, switchGate, noisyTopK, linearRouter, euclideanRouter, cosineRouter, mlpRouter } from '@tfjs-moe/gates';
import { ffn, linear, gatedFfn, polynomial, normalizedFfn, constant } from '@tfjs-moe/experts';
import { recordGate, recordRouter, recordExpert } from '../src/reading/record.ts';
import type { Expression } from '../src/reading/expression.ts';
export function show(e: Expression | undefined): string {
  if (!e) return 'NOTHING';
  const i = e.inside.map(show);
  switch (e.operation) {
    case 'constant': return `${e.numbers[0]}`;
    case 'input': return 'x';
    case 'parameter': return e.name;
    case 'sum': return `(${i.map((t, k) => (e.numbers[k] === 1 ? t : t === '1' ? `${e.numbers[k]}` : `${e.numbers[k]}*${t}`)).join(' + ') || '0'})`;
    case 'product': return i.map((t, k) => (e.numbers[k] === 1 ? t : `${t}^${e.numbers[k]}`)).join('.');
    default: return `${e.operation}${e.name ? `:${e.name}` : ''}${e.operation === 'rank' ? `#${e.numbers[0]}` : ''}[${i.join(', ')}]`;
  }
}
test('x', () => {
  for (const [n, g] of Object.entries({ softmax: softmax(), nobias: softmax({ useBias: false }), temp: temperature(), thr: temperature({ threshold: 0.1, renormalize: true }), thr2: temperature({ threshold: 0.1}), sig: sigmoid(), sign: sigmoid({ normalize: true }), top2: topK({ k: 2 }), top1: topK({ k: 1 }), top2never: topK({ k: 2, renormalize: 'never' }), theory: topK({ k: 2, biasInSelection: false }), ds: topK({ k: 2, weighting: sigmoid({ normalize: true }), selectionBias: true, weightScale: 2.5 }), ds2: topK({ k: 2, weighting: sigmoid(),  selectionBias: true, renormalize: 'never' }), sb: topK({ k: 2, selectionBias: true }), sw: switchGate(), noisy: noisyTopK(), noisyn: noisyTopK({ renormalize: 'never' }), all: topK({k: 4}), tt: topK({k: 2, weighting: topK({k: 3})}), ttemp: topK({k:2, weighting: temperature()}), hier: hierarchical({ groups: 2 }), hiertop: hierarchical({ groups: 2, outer: topK({k:1}), inner: topK({ k: 2, weighting: 'sigmoid', weightScale: 3 }) }), mlp: softmax({router: mlpRouter({hiddenUnits: 2})}) , euc: softmax({router: euclideanRouter()}), cos: softmax({router: cosineRouter()})}))
    console.log(n.padEnd(9), show(recordGate(g, 4)?.routing.weights));
  for (const [n, r] of Object.entries({ lin: linearRouter(), euc: euclideanRouter({ scale: 0.3 }), cos: cosineRouter(), cosp: cosineRouter({ epsilon1: 0.1, epsilon2: 0.1 }), mlp: mlpRouter({ hiddenUnits: [4, 2], outputActivation: 'relu' }), mlp1: mlpRouter({ hiddenUnits: 1 }), mlp0: mlpRouter({ hiddenUnits: [] }) }))
    console.log(n.padEnd(9), show(recordRouter(r)?.expression));
  for (const [n, e] of Object.entries({ linear: linear(), constant: constant(), poly: polynomial({ degree: 3 }), poly2: polynomial(), ffn: ffn({ hiddenUnits: [4, 1], activation: 'tanh' }), ridge: ffn({ hiddenUnits: [], activation: 'gelu', outputWeights: false }), dir: normalizedFfn({ hiddenUnits: [], activation: 'gelu', outputWeights: false }), dir0: normalizedFfn({ hiddenUnits: 2, epsilon: 0 }), gated: gatedFfn({ hiddenUnits: 2, useBias: true }) }))
    console.log(n.padEnd(9), show(recordExpert(e)?.expression));
});
