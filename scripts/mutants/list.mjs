/**
 * Mutants: small mistakes, each of which some test must find. `find` stands in its file exactly once; `tests` are the
 * nearest ones. `quick` marks those of the run on CI; `equivalent` says why a mutant changes nothing that can be seen.
 */

/** Mutants of one file: what is found, what stands there instead, what that means. */
function of(area, file, tests, ...mutants) {
  return mutants.map(([find, replace, what, more = {}]) => ({
    area,
    file,
    tests,
    find,
    replace,
    what,
    ...more,
  }));
}

const quick = { quick: true };
const gates = 'packages/gates/src';
const gateTests = (...names) => names.map((name) => `packages/gates/test/${name}.test.ts`);
const layers = 'packages/layers/src';
const layerTests = (...names) => names.map((name) => `packages/layers/test/${name}.test.ts`);
const estimators = 'packages/estimators/src';
const estimatorTests = (...names) => names.map((name) => `packages/estimators/test/${name}.test.ts`);
const datasets = 'packages/datasets/src';
const datasetTests = (...names) => names.map((name) => `packages/datasets/test/${name}.test.ts`);

const invariants = ['invariants', 'golden'];

export const mutants = [
  ...of(
    'gates',
    `${gates}/selection.ts`,
    gateTests('selection', 'top-k', 'temperature', ...invariants),
    [
      'ops.greater(weights, ops.constant(threshold))',
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
    ['ops.constant(1e-20)', 'ops.constant(1e-2)', 'small weights are lost in the division'],
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
      'scores = ops.add(given, p.selection_bias as V)',
      'scores = ops.sub(given, p.selection_bias as V)',
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
  ...of(
    'losses',
    `${layers}/losses/switch-loss.ts`,
    layerTests('losses/switch-loss'),
    ["scaling === 'meanOverK' ? experts / expertsPerToken : experts", 'experts', 'no mean over K', quick],
    [
      'ops.meanTokens(routing.probabilities)',
      'ops.meanTokens(routing.weights)',
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
    ['below % 2 === 0 ? below : below + 1', 'below + 1', 'halves are rounded up', quick],
    ["capacity.convention ?? 'megatron'", "capacity.convention ?? 'fastmoe'", 'another default convention'],
  ),
  ...of(
    'dispatch',
    `${layers}/dispatch/slots.ts`,
    layerTests('dispatch/slots', 'dispatch/capacity'),
    ['tf.less(position, capacity)', 'tf.lessEqual(position, capacity)', 'one token too many', quick],
    ['before_1E = tf.add(before_1E, tf.sum(choice, 0, true));', '', 'second choices write over first ones'],
    ['tf.cumsum(choice, 0, true)', 'tf.cumsum(choice, 0, false)', 'slots are counted from 1'],
    ['tf.greater(mark_S1, 0)', 'tf.greaterEqual(mark_S1, 0)', 'empty slots count as used'],
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
    [
      'tf.where(tf.greater(valid, 0), rows, tf.zerosLike(rows)) as tf.Tensor2D',
      'rows',
      'padding keeps what it holds',
      quick,
    ],
    ['size === outer[axis]', 'size <= outer[axis]', 'a mask that is too short is stretched'],
    [
      'const at = values.findIndex((value) => !Number.isFinite(value));',
      'const at = values.findIndex((value) => Number.isNaN(value));',
      'infinities pass',
    ],
  ),
  ...of(
    'criteria',
    `${estimators}/choice/criteria.ts`,
    estimatorTests('choice/criteria'),
    ['bic(fit) + 2 * fit.entropy', 'bic(fit) + fit.entropy', 'ICL with one entropy', quick],
    [
      '-2 * logLikelihood + 2 * degreesOfFreedom',
      '-2 * logLikelihood + degreesOfFreedom',
      'AIC with one degree of freedom',
    ],
    ['degreesOfFreedom * Math.log(totalWeight)', 'degreesOfFreedom * Math.log2(totalWeight)', 'BIC in bits'],
  ),
  ...of(
    'criteria',
    `${estimators}/choice/cross-validate.ts`,
    estimatorTests('choice/cross-validate'),
    [
      'const kept = order.filter((_row, i) => i % count !== fold);',
      'const kept = order;',
      'trains on the fold that is left out',
      quick,
    ],
    [
      'const left = rowsOf(model.data, out);',
      'const left = rowsOf(model.data, kept.slice(0, out.length));',
      'judges by rows of the fit',
    ],
    [
      "stream(model.seed ?? 0, 'folds')",
      "stream(0, 'folds')",
      'the same folds for every seed',
      { equivalent: 'a seed need not change the folds for a fit to be right; that it does is a choice' },
    ],
  ),
  ...of('criteria', `${estimators}/choice/select-experts.ts`, estimatorTests('choice/choice'), [
    'b[criterion] < a[criterion] ? b : a',
    'b[criterion] > a[criterion] ? b : a',
    'the worst is chosen',
  ]),
  ...of(
    'criteria',
    `${estimators}/diagnostics/calibration.ts`,
    estimatorTests('diagnostics/calibration', 'diagnostics/diagnostics'),
    [
      'below += weights[i]! / totalWeight;\n    error = Math.max(error, Math.abs(pit[i]! - below));',
      'below += weights[i]! / totalWeight;',
      'one side of Kolmogorov’s distance',
      quick,
    ],
    [
      'Math.min(bins - 1, Math.floor(u * bins))',
      'Math.min(bins - 1, Math.ceil(u * bins))',
      'every value one bin too high',
    ],
  ),
  ...of(
    'criteria',
    `${estimators}/diagnostics/residuals.ts`,
    estimatorTests('diagnostics/diagnostics', 'diagnostics/residuals'),
    [
      'return below < 0.5 ? normalQuantile(below) : -normalQuantile(above);',
      'return normalQuantile(below);',
      'far residuals are infinite',
    ],
    [
      'variance += weights[i * experts + e]! * (deviations[e]! ** 2 + from * from);',
      'variance += weights[i * experts + e]! * deviations[e]! ** 2;',
      'the spread of the means is left out',
    ],
  ),
  ...of(
    'estimators',
    `${estimators}/sample.ts`,
    estimatorTests('sample', 'testing/least-squares'),
    ['const bad = w.findIndex((value) => value < 0);', 'const bad = -1;', 'negative weights pass', quick],
    ['if (row?.length !== inputDim) {', 'if (row?.length < inputDim) {', 'long rows pass'],
  ),
  ...of('estimators', `${estimators}/units/standard-units.ts`, estimatorTests('least-squares/units'), [
    "(!asLayer || weightsSumToOne(shape, stream(0, 'units', 'gate')))",
    'true',
    'the response is centred under gates that cannot take it up',
    quick,
  ]),
  ...of(
    'measures',
    'packages/measures/src/canonical/canonical.ts',
    ['packages/measures/test/canonical/canonical.test.ts'],
    ['inGauge(gauge, specs.gate, gateParams)', 'gateParams', 'the gauge stays', quick],
    ['permuteCopies(standardDeviations, sources)', 'standardDeviations', 'deviations stay where they were'],
  ),
  ...of(
    'measures',
    'packages/measures/src/canonical/order.ts',
    ['packages/measures/test/canonical/canonical.test.ts'],
    ['if (difference !== 0) return difference;', 'if (difference !== 0) return 0;', 'no order'],
  ),
  ...of(
    'certificates',
    'packages/numerics/src/exact/prime-field.ts',
    ['packages/numerics/test/exact/prime-field.test.ts'],
    [
      "symbol('density', negative(a) ? prime - a : a)",
      "symbol('density', a)",
      'a density that is not even',
      quick,
    ],
    ["sub(1, symbol('cdf', prime - a))", "symbol('cdf', a)", 'no reflection of the distribution'],
    ["sub(1, symbol('step', prime - a))", "symbol('step', a)", 'no reflection of the step'],
    ['if (mul(root, root) !== a) throw', 'if (root < 0) throw', 'roots of what is no square'],
  ),
  ...of(
    'certificates',
    'packages/numerics/src/rank/certify-rank.ts',
    ['packages/numerics/test/rank/certify-rank.test.ts'],
    [
      'largest <= widest * BigInt(entries.length)',
      'largest <= widest',
      'a column that may be drowned is worked on',
      quick,
    ],
    ['growth += scaled.growth;', '', 'the scale of the columns is not paid for'],
    ['growth += Math.log2(next.size);', '', 'products are not paid for'],
    ['rad += entry.rad * magnitude(factor);', '', 'radii do not grow'],
  ),
  ...of(
    'certificates',
    'packages/numerics/src/rank/float64-proof.ts',
    [
      'packages/numerics/test/rank/certify-rank.test.ts',
      'packages/numerics/test/rank/certify-double-balls.test.ts',
    ],
    [
      'const sigma = Math.sqrt(1 - defect) / SAFE - distance;',
      'const sigma = Math.sqrt(1 - defect) / SAFE;',
      'errors are not taken off',
    ],
  ),
  ...of(
    'tables',
    `${datasets}/table/cells.ts`,
    datasetTests('table/read-table', 'table/round-trip'),
    [
      'if (character === QUOTE && isBegin) at = closingQuote(text, at);',
      '',
      'quoted separators decide',
      quick,
    ],
    ['return hasQuotes ? cell.replaceAll(\'""\', QUOTE) : cell;', 'return cell;', 'quotes stay doubled'],
    [
      "at += text.startsWith('\\r\\n', at) ? 2 : 1;",
      'at += 1;',
      'a line feed is a row of its own',
      { equivalent: 'the row between the two characters is empty, and empty rows are left out' },
    ],
    [
      "return text.startsWith('\\uFEFF') ? 1 : 0;",
      'return 0;',
      'a byte order mark is part of the first name',
    ],
  ),
  ...of(
    'tables',
    `${datasets}/table/number-of.ts`,
    datasetTests('table/read-table', 'table/linear-time'),
    ["if (decimal === ',' && cell.includes('.')) return undefined;", '', 'points pass where commas are'],
    ['(?:\\d+(?:\\.\\d*)?|\\.\\d+)', '(?:\\d+(?:\\.\\d*)?)', 'no number begins with a point'],
  ),
  ...of(
    'tables',
    `${datasets}/table/levels.ts`,
    datasetTests('table/sample-of', 'table/round-trip'),
    ['a < b ? -1 : 1', 'a < b ? 1 : -1', 'levels in the other order', quick],
    ['others.length + 1 === rows.length', 'false', 'a factor may tell every row from the others'],
  ),
  ...of(
    'tables',
    `${datasets}/idx.ts`,
    datasetTests('idx'),
    ['shape.includes(0) ? 0 : ', '', 'no shape of infinitely many times none'],
    ['view.byteOffset + at, n)', 'at, n)', 'the view’s place in its buffer is forgotten', { first: true }],
    ['bytes.length !== expected', 'bytes.length < expected', 'more bytes than entries pass'],
  ),
  ...of(
    'journal',
    'apps/lab/src/study/journal.ts',
    ['apps/lab/test/study/results.test.ts'],
    ['if (found.fingerprint !== wanted.fingerprint) {', 'if (false) {', 'results of another study are taken'],
    ['if (part(found) !== part(wanted)) {', 'if (false) {', 'results of another shard are taken'],
  ),
];
