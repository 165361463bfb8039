/** Mutants of the layer: balance losses, dispatch, padding, numbers that are none, saved configs. */
import { of, quick, testsOf } from './of.mjs';

const layers = 'packages/layers/src';
const layerTests = testsOf('packages/layers');

export const layerMutants = [
  ...of(
    'losses',
    `${layers}/losses/switch-loss.ts`,
    layerTests('losses/switch-loss'),
    ["scaling === 'meanOverK' ? experts / expertsPerToken : experts", 'experts', 'no mean over K', quick],
    [
      'ops.softmax(routing.probabilities) : routing.probabilities',
      'ops.softmax(routing.probabilities) : routing.weights',
      'weights instead of probabilities',
    ],
    ["scaling === 'top1'", "scaling !== 'top1'", 'conventions exchanged'],
  ),
  ...of(
    'losses',
    `${layers}/losses/squared-variation.ts`,
    layerTests('losses/squared-variation', 'losses/importance-loss'),
    [
      "variance === 'sample' ? experts - 1 : experts",
      'experts',
      'the variance of a sample is that of a population',
      quick,
    ],
    [
      'ops.add(ops.mul(mean, mean), ops.constant(1e-10))',
      'ops.add(mean, ops.constant(1e-10))',
      'divided by the mean, not its square',
    ],
    ['ops.constant(1e-10)', 'ops.constant(1e-1)', 'a floor that small batches feel'],
  ),
  ...of(
    'losses',
    `${layers}/losses/importance-loss.ts`,
    layerTests('losses/importance-loss'),
    ['ops.sumTokens(routing[of])', 'ops.sumTokens(routing.weights)', 'the option `of` is not looked at'],
    ['{ weight = 0.01 }', '{ weight = 0.1 }', 'another default weight'],
  ),
  ...of('losses', `${layers}/losses/load-loss.ts`, layerTests('losses/load-loss'), [
    "of === 'count' ? selectedMask(ops, routing) : routing.load",
    'routing.load',
    'the count is not taken',
    quick,
  ]),
  ...of(
    'losses',
    `${layers}/losses/z-loss.ts`,
    layerTests('losses/z-loss'),
    ['ops.mul(size, size)', 'size', 'not squared'],
    ['options.weight ?? 0.001', 'options.weight ?? 0.01', 'another default weight'],
  ),
  ...of(
    'dispatch',
    `${layers}/capacity.ts`,
    layerTests('capacity'),
    ['return below + (below % 2);', 'return below + 1;', 'halves are rounded up', quick],
    [
      "convention: capacity.convention ?? 'megatron'",
      "convention: capacity.convention ?? 'fastmoe'",
      'another default convention',
    ],
  ),
  ...of(
    'dispatch',
    `${layers}/dispatch/slots.ts`,
    layerTests('dispatch/slots', 'dispatch/capacity'),
    ['tf.less(position, capacity)', 'tf.lessEqual(position, capacity)', 'one token too many', quick],
    ['before_1E = tf.add(before_1E, tf.sum(choice, 0, true));', '', 'second choices write over first ones'],
    ['tf.cumsum(choice, 0, true)', 'tf.cumsum(choice, 0, false)', 'slots are counted from 1'],
    ['tf.notEqual(mark_S1, 0)', 'tf.lessEqual(mark_S1, 0)', 'empty slots count as used'],
  ),
  ...of(
    'dispatch',
    `${layers}/dispatch/capacity.ts`,
    layerTests('dispatch/capacity', 'dispatch/dropped-tokens'),
    [
      'tf.maximum(tf.sum(kept, 1, true), 1e-18)',
      'tf.maximum(tf.sum(kept, 1, true), 1e-3)',
      'survivors with small weights lose them',
      quick,
    ],
    ['if (!renormalizeAfterDrop) return kept;', 'return kept;', 'never renormalised'],
    [
      'Math.min(Math.max(capacityOf(tokens), 1), tokens)',
      'Math.min(capacityOf(tokens), tokens)',
      'a capacity of 0',
    ],
    ['weights_TE: survivingWeights(plan, kept_TE),', '', 'dropped pairs keep their weights'],
  ),
  ...of(
    'padding',
    `${layers}/tokens.ts`,
    layerTests('tokens', 'forward'),
    ['masked(rows, mask_T1) as tf.Tensor2D', 'rows', 'padding keeps what it holds', quick],
    ['size === outer[axis]', 'size <= outer[axis]', 'a mask that is too short is stretched'],
  ),
  ...of(
    'numbers',
    `${layers}/non-finite.ts`,
    layerTests('numbers/refused'),
    ['=> !Number.isFinite(value)', '=> Number.isNaN(value)', 'infinities pass'],
    ['Math.floor((i * rows) / values.length)', 'i', 'numbers are counted for rows'],
  ),
  ...of(
    'numbers',
    `${layers}/routing-plan.ts`,
    layerTests('numbers/isolation', 'numbers/non-finite'),
    [
      'floats(tf.logicalNot(tf.isNaN(sum_T1)))',
      'floats(tf.equal(tf.zerosLike(sum_T1), 0))',
      'every token is sound',
    ],
    ['masked(routing.weights, mask)', 'tf.mul(routing.weights, mask)', 'padding of NaN weights is NaN'],
  ),
  ...of('numbers', `${layers}/forward.ts`, layerTests('noise', 'saved/resumed'), [
    "stream(seed, 'noise', call)",
    "stream(seed, 'noise', 0)",
    'the same noise at every call',
    quick,
  ]),
  ...of(
    'numbers',
    `${layers}/mixture-of-experts.ts`,
    layerTests('noise', 'saved/resumed'),
    ['training ? this.calls++ : 0', 'this.calls++', 'evaluation uses noise up'],
    ['trainingCalls: this.calls,', 'trainingCalls: 0,', 'noise begins again after a load'],
  ),
  ...of(
    'saved configs',
    `${layers}/saved-config.ts`,
    layerTests('saved/damaged-config'),
    ['given[name] === undefined', 'false', 'what is missing has a default', quick],
    ['if (known <= FORMAT_VERSION) return known;', 'return known;', 'later versions are read as this one'],
    ["if (typeof given[name] === 'string') throw", 'if (false) throw', 'a gate without its options'],
  ),
  ...of(
    'saved configs',
    `${layers}/experts/layer-experts.ts`,
    layerTests('saved/damaged-config', 'layer-experts'),
    ['if (list.length !== experts) {', 'if (list.length < experts) {', 'a list for more experts passes'],
    [
      'if (!Object.hasOwn(classNameMap, className)) {',
      'if (!(className in classNameMap)) {',
      'toString is a class',
    ],
    ['child.name = `expert_$', 'child.other = `expert_$', 'experts are named by a counter of the process'],
  ),
];
