// Written by scripts/build-kernels.mjs from assembly/.

/** What the module exports; every number is a byte address, a size or a flag. */
export interface Kernels {
  /** h = act(h) for `size` numbers; 0 is the identity. */
  activate(which: number, h: number, size: number): void;
  /**
   * @param first, second the means of the gradients and of their squares; new ones go beside them, and the new value
   * @param decay1, own1 what is kept of the first mean, and what is taken of the gradient; so for the second
   * @param whole1, whole2 what the means are divided by
   * @param rate the step size, negative
   */
  adam(value: number, gradient: number, first: number, second: number, newValue: number, newFirst: number, newSecond: number, size: number, decay1: number, own1: number, decay2: number, own2: number, whole1: number, whole2: number, epsilon: number, rate: number): void;
  /** out [outer, inner]: bytes 0 or 1 for comparisons, floats for maximum (6) and minimum (7). */
  binary(operation: number, a: number, aOuter: number, aInner: number, b: number, bOuter: number, bInner: number, out: number, outer: number, inner: number): void;
  /** gradient [filterHeight, filterWidth, inChannels, outChannels] from x and dy. */
  filterGradient(x: number, dy: number, gradient: number, geometry: number, patches: number, workspace: number): void;
  /** gradient [batch, inHeight, inWidth, inChannels] from dy and the filter. */
  inputGradient(dy: number, filter: number, gradient: number, geometry: number, patches: number, workspace: number): void;
  /** Bytes of `patches` that both gradients need. */
  patchBytes(geometry: number): number;
  /** gradient [filterHeight, filterWidth, inChannels, multiplier] from x and dy. */
  depthwiseFilterGradient(x: number, dy: number, gradient: number, geometry: number): void;
  /** gradient [batch, inHeight, inWidth, inChannels] from dy and the filter. */
  depthwiseInputGradient(dy: number, filter: number, gradient: number, geometry: number): void;
  /** y[token[r], :] = sum of weight[r] x[r, :]; x is [rows, units], y [tokens, units]. */
  addWeightedRows(x: number, token: number, weight: number, y: number, tokens: number, rows: number, units: number): void;
  /** out = a b, or a + b, number by number. */
  combineAll(multiplies: number, a: number, b: number, out: number, size: number): void;
  /**
   * @param x [., depth]
   * @param offsets [experts + 1]; token and weight of each row
   * @param program `instructions` times eight numbers: operation, address of the result, address of what it is made from (0
   *   for x), then of an affine map the address of all kernels, that of all biases or 0, depth, units and activation; of a
   *   product or sum the address of the other factor, 0, the width twice and 0
   * @param most rows that are computed together, for which every result has room, and `gathered` for rows of x
   * @param y [tokens, units]
   */
  expertsForward(x: number, tokens: number, depth: number, offsets: number, experts: number, token: number, weight: number, program: number, instructions: number, most: number, gathered: number, y: number, units: number, workspace: number): void;
  /** y = erf(x). */
  erf(x: number, y: number, size: number): void;
  /** y = exp(x) for `size` numbers. */
  exp(x: number, y: number, size: number): void;
  /** y = 1 / (1 + exp(-x)). */
  sigmoid(x: number, y: number, size: number): void;
  /** y = tanh(x). */
  tanh(x: number, y: number, size: number): void;
  /**
   * dh *= the derivative of an activation.
   * @param h what the activation returned; for gelu, geluTanh, SiLU and softplus what it was given
   */
  activationGradient(which: number, h: number, dh: number, size: number): void;
  /** y[token[r], :] += x[r, :] for rows of `units` numbers. */
  addRowsTo(x: number, token: number, y: number, rows: number, units: number): void;
  /**
   * The gradient of the weights to the logits, the selection a constant.
   * @param logits [tokens, experts]
   * @param offsets [experts + 1]; token, weight and the gradient to the weight of each row
   * @param divides whether the weights of the selected are divided by their sum
   * @param room [tokens]
   * @param out [tokens, experts]
   */
  selectionGradient(logits: number, tokens: number, experts: number, offsets: number, token: number, weight: number, toWeights: number, isSigmoid: number, divides: number, scale: number, room: number, out: number): void;
  /**
   * The gradients of y[token[r], :] += weight[r] x[r, :]: toRows[r, :] = weight[r] dy[token[r], :], and toWeights[r] = x[r, :]
   * dy[token[r], :].
   */
  weightedRowsGradient(x: number, token: number, weight: number, dy: number, toRows: number, toWeights: number, rows: number, units: number): void;
  /**
   * y[r, :] = x[r, :] kernel_e (+ bias_e) for offsets[e] <= r < offsets[e + 1], of which only the rows from, ..., to - 1
   * are computed: the share of one thread. A row has the same bits whatever else is computed with it.
   * @param kernels [experts, depth, units], or [experts, units, depth] if transposed
   * @param bias [experts, units], or 0
   * @param relu whether negative numbers of y become 0
   */
  groupedProduct(x: number, offsets: number, experts: number, kernels: number, bias: number, y: number, depth: number, units: number, transposed: number, relu: number, from: number, to: number, workspace: number): void;
  /**
   * gradient is [experts, depth, units], x is [rows, depth], dy is [rows, units]. Of the experts x depth rows of the gradient
   * only from, ..., to - 1 are computed: the share of one thread.
   */
  groupedKernelGradient(x: number, offsets: number, experts: number, dy: number, gradient: number, depth: number, units: number, from: number, to: number, workspace: number): void;
  /** gradient [batch, inHeight, inWidth, channels] from x and dy. */
  maxPoolGradient(x: number, dy: number, gradient: number, geometry: number): void;
  /** Copies `rows` runs of bytes that lie at a distance of each other on both sides. */
  copyRuns(from: number, fromStride: number, to: number, toStride: number, rows: number, bytes: number): void;
  /**
   * A tensor of numbers of 4 bytes whose entries lie anywhere: permuted, or repeated where a stride is 0.
   * @param table the sizes of its `axes`, then their strides on the side of `from`, in bytes
   * @returns the end of `to`
   */
  copyStrided(from: number, to: number, table: number, axes: number): number;
  /** to [count, columns, rows] from [count, rows, columns], numbers of 4 bytes. */
  transposeMatrices(from: number, to: number, count: number, rows: number, columns: number): void;
  /**
   * @param x [tokens, depth]
   * @param router [experts, depth], as layers store it; bias, selectionBias [experts] or 0
   * @param mask [tokens] with 0 for those that are routed nowhere, or 0
   * @param isSigmoid whether weights are sigmoids, and not a softmax
   * @param by what the selection orders experts by: 0 logits, 1 logits without the bias, 2 weights with the selection bias
   * @param divides whether the weights of the selected are divided by their sum
   * @param temperature what logits are divided by, or 0
   * @param metrics room for 2 experts + 4 numbers, or 0: pairs and weights of each expert, entropy, squared logits, pairs, tokens
   * @param room for 7 experts + 2 tokens perToken numbers
   * @param allLogits [tokens, experts] for the gradient, 0 for padding, or 0
   * @param offsets [experts + 1]; token and weight of each row
   * @returns the rows of the expert that has most, or -1 for what is to be composed: numbers that are not sound, or a tie
   *   that a rounding decides
   */
  routeLinear(x: number, tokens: number, depth: number, router: number, bias: number, selectionBias: number, mask: number, experts: number, perToken: number, isSigmoid: number, by: number, divides: number, temperature: number, scale: number, metrics: number, room: number, allLogits: number, offsets: number, token: number, weight: number): number;
  /**
   * @param scale, shift [features] or 0
   * @param kept [rows, 2]: the mean and r of each row
   */
  normalizeRows(x: number, scale: number, shift: number, y: number, kept: number, rows: number, features: number, epsilon: number, centered: number): void;
  /**
   * @param toScale, toShift [features]
   * @param room [2 features]
   */
  normalizeRowsGradient(x: number, scale: number, dy: number, kept: number, dx: number, toScale: number, toShift: number, room: number, rows: number, features: number, centered: number): void;
  /** offsets[e + 1] = number of tokens that selected one of the experts 0, ..., e; returns the number of pairs. */
  countSelected(selected: number, tokens: number, experts: number, offsets: number): number;
  /**
   * Fills token and cell [rows], and row [tokens, perToken] with -1 where a token has fewer experts than that.
   * @param offsets as countSelected left them; afterwards offsets[e] is where expert e ends
   */
  sortSelected(selected: number, tokens: number, experts: number, perToken: number, offsets: number, token: number, cell: number, row: number): void;
  /**
   * out[t, :] = sum of weights[cell[r]] x[r, :] over the rows r = row[t, k] of a token; NaN where one of its weights is NaN,
   * though it has no row for that.
   * @param weights [tokens, experts]
   */
  combineRows(x: number, weights: number, row: number, cell: number, out: number, tokens: number, experts: number, perToken: number, features: number): void;
  /**
   * The gradients of combineRows: toRows[r, :] = weights[cell[r]] dy[token, :], and toWeights[cell[r]] = x[r, :] dy[token, :].
   * @param toWeights [tokens, experts], zeros before
   */
  combineRowsGradient(x: number, weights: number, cell: number, dy: number, toRows: number, toWeights: number, rows: number, experts: number, features: number): void;
  /** out[r, :] = x[index[r], :], zeros where index[r] < 0. Rows are `bytes` long: any type of number moves. */
  gatherRows(x: number, index: number, out: number, rows: number, bytes: number): void;
  /** out[t, :] = sum of x[index[t, k], :] over k: the gradient of gatherRows. */
  sumRows(x: number, index: number, out: number, tokens: number, perToken: number, features: number): void;
  /**
   * masks[c][row, :] is 1 where the row has its (c + 1)th largest score, the first of equal ones, and 0 elsewhere.
   * @param masks `choices` addresses of [rows, size]
   * @param open room for `size` floats
   */
  topKMasks(scores: number, rows: number, size: number, choices: number, masks: number, open: number): void;
  /** out[index[r], :] += x[r, :] for indices from 0 to groups - 1; others are left out. */
  sumByIndex(x: number, index: number, out: number, rows: number, groups: number, features: number): void;
  /** out[e, :] = sum of the rows offsets[e], ..., offsets[e + 1] - 1 of x. */
  sumGroups(x: number, offsets: number, experts: number, out: number, features: number): void;
  /** The tile at the edge has four rows always: nobody looks at those that are too many. */
  edgeTile(strip: number, panel: number, run: number, edge: number): void;
  strip1(run: number, columns: number, c: number, stride: number, bias: number, continued: number, workspace: number): void;
  strip2(run: number, columns: number, c: number, stride: number, bias: number, continued: number, workspace: number): void;
  strip3(run: number, columns: number, c: number, stride: number, bias: number, continued: number, workspace: number): void;
  strip4(run: number, columns: number, c: number, stride: number, bias: number, continued: number, workspace: number): void;
  /** Bytes of work space that every product needs. */
  workspaceBytes(): number;
}
