/** Mutants of the gates. */
import { of, quick, testsOf } from './of.mjs';

const gates = 'packages/gates/src';
const gateTests = testsOf('packages/gates');
const invariants = ['invariants', 'golden'];

export const gateMutants = [
  ...of(
    'gates',
    `${gates}/selection.ts`,
    gateTests('selection', 'top-k', 'temperature', ...invariants),
    [
      'ops.greater(weights, threshold)',
      'ops.greater(weights, ops.constant(-1))',
      'the threshold is not looked at',
      quick,
    ],
    [
      'choices.reduce((all, choice) => ops.add(all, choice))',
      'choices.reduce((all) => all)',
      'only first choices are selected',
    ],
    ['ops.constant(3e38)', 'ops.constant(0)', 'experts outside of the selection keep a share'],
    ['const kept = ops.mul(weights, selected);', 'const kept = weights;', 'the sum is over all experts'],
    ['guard(ops, 1e-20)', 'guard(ops, 1e-2)', 'small weights are lost in the division'],
    [
      'ops.greater(ops.constant(-1), probabilities)',
      'ops.greater(ops.constant(0.1), probabilities)',
      'selectAll leaves out small probabilities',
    ],
  ),
  ...of(
    'gates',
    `${gates}/top-k.ts`,
    gateTests('top-k', ...invariants),
    ['ops.topK(scores, k)', 'ops.topK(base.scores, k)', 'the selection bias is not used', quick],
    [
      'ops.add(given, p.selection_bias!)',
      'ops.sub(given, p.selection_bias!)',
      'the selection bias has the other sign',
    ],
    [
      "const divides = k > 1 && (renormalize !== 'never' || base.unnormalized !== undefined);",
      "const divides = renormalize !== 'never' || base.unnormalized !== undefined;",
      'top-1 is renormalised',
    ],
    ['ops.mul(ops.constant(weightScale), weights)', 'weights', 'weightScale is not used'],
    [
      "renormalizeAfterDrop: k > 1 && renormalize === 'afterDrop'",
      'renormalizeAfterDrop: false',
      'never renormalised after a drop',
    ],
    ['.map((choice) => ops.mul(choice, allowed))', '', 'experts are selected that the weighting does not'],
  ),
  ...of(
    'gates',
    `${gates}/loss-free.ts`,
    gateTests('loss-free'),
    [
      'ops.sub(ops.greater(even, counts), ops.greater(counts, even))',
      'ops.greater(even, counts)',
      'the bias of a busy expert does not fall',
    ],
    ['ops.sub(sign, mean(sign))', 'sign', 'signs are not centred'],
    ['ops.greater(ops.constant(until), p[STEPS]!)', 'ops.constant(1)', 'the bias moves for ever'],
  ),
  ...of(
    'gates',
    `${gates}/group-limited-top-k.ts`,
    gateTests('group-limited-top-k', 'golden-gates'),
    ['lastOutside(ops, kept, scores)', 'scores', 'every group takes part', quick],
    ['best === 1 ? scores :', '', 'no other score for the largest'],
    ["rest === 'zero' ? ops.mul(kept, values) :", '', 'nothing for the rest'],
  ),
  ...of(
    'gates',
    `${gates}/pointwise.ts`,
    gateTests('pointwise'),
    ['ops.mul(isLow, z)', 'isLow', 'all small weights are equal', quick],
    [
      'const masses = ops.add(activations, isNone);',
      'const masses = activations;',
      'no probabilities without a weight',
    ],
  ),
  ...of(
    'gates',
    `${gates}/sparse-mixer.ts`,
    gateTests('sparse-mixer', 'golden-gates'),
    ['ops.constant(2 * jitter)', 'ops.constant(jitter)', 'half the distance'],
    ['ops.constant(0.75)', 'ops.constant(0.25)', 'weights are shrunk too rarely'],
  ),
  ...of(
    'gates',
    `${gates}/sigmoid.ts`,
    gateTests('sigmoid', ...invariants),
    ['weights: normalize ? probabilities : activations', 'weights: activations', 'never normalised', quick],
    [
      "ops.sub(zero, ops.activation('softplus', ops.sub(zero, logits)))",
      "ops.sub(zero, ops.activation('softplus', logits))",
      'the log of the other probability',
    ],
  ),
  ...of('gates', `${gates}/softmax.ts`, gateTests('softmax', ...invariants), [
    'weights: probabilities,',
    'weights: logits,',
    'logits instead of probabilities',
  ]),
  ...of(
    'gates',
    `${gates}/temperature.ts`,
    gateTests('temperature', ...invariants),
    [
      'const logits = ops.div(plain, p.temperature);',
      'const logits = ops.mul(plain, p.temperature);',
      'multiplied by the temperature',
      quick,
    ],
    ["const noisy = training && noise !== 'none';", "const noisy = noise !== 'none';", 'noise in evaluation'],
    ['constraint: { min: minTemperature }', 'constraint: {}', 'the temperature may fall to 0'],
    ['trainable: learned', 'trainable: true', 'a temperature that is not to be learned'],
    [
      'if (threshold < 1 / experts) return experts;',
      'return experts;',
      'a threshold that may leave no expert',
    ],
  ),
  ...of(
    'gates',
    `${gates}/noisy-top-k.ts`,
    gateTests('noisy-top-k', ...invariants),
    [
      "const scores = training ? ops.add(logits, ops.mul(sigma, ops.noise('normal', logits))) : logits;",
      "const scores = ops.add(logits, ops.mul(sigma, ops.noise('normal', logits)));",
      'noise in evaluation',
      quick,
    ],
    ['ops.div(ops.sub(logits, score), sigma)', 'ops.sub(logits, score)', 'the load without the noise’s size'],
    [
      "if (threshold === 'vmoe') return againstLastInside;",
      'return againstLastInside;',
      'the load of V-MoE for that of Shazeer',
    ],
    ['ops.constant(noise.stddev / experts)', 'ops.constant(noise.stddev)', 'fixed noise E times too large'],
  ),
  ...of(
    'gates',
    `${gates}/hierarchical.ts`,
    gateTests('hierarchical', ...invariants),
    [
      'weights: product(above.weights, below.weights)',
      'weights: below.weights',
      'the groups’ weights are left out',
      quick,
    ],
    [
      'outer.expertsPerToken(groups) * inner.expertsPerToken',
      'inner.expertsPerToken',
      'experts of one group alone',
    ],
  ),
  ...of('gates', `${gates}/cosine-router.ts`, gateTests('cosine-router', ...invariants), [
    'ops.mul(norm(ops, p.kernel, epsilon1), norm(ops, x, epsilon2))',
    'norm(ops, x, epsilon2)',
    'the kernel’s length counts',
  ]),
  ...of('gates', `${gates}/euclidean-router.ts`, gateTests('euclidean-router', ...invariants), [
    'ops.constant(-scale)',
    'ops.constant(scale)',
    'the farthest centre wins',
  ]),
];
