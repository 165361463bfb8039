/**
 * The routing of tokens by a linear router in one call: logits, selection, weights, and the rows sorted by expert.
 *
 * A logit is the same sum in the same order as in the product that it stands for, so that a tie is one here and there.
 */
import { at, least, multiplyAdd } from './address';
import { expOf, log1pOf, sigmoidOf, softplusOf } from './functions';

// What a selection orders experts by, as the JavaScript side knows it.
const BY_LOGITS: i32 = 0, BY_SCORES: i32 = 1, BY_WEIGHTS: i32 = 2;
/** Logits beyond are left to whoever composes the gate, who knows what becomes of them; so are NaN and infinities. */
const LARGEST: f32 = 1e37;
/** Weights that close to each other may change places by a rounding. */
const CLOSE: f32 = 1e-6;
/** Below its largest, a weight of such a logit may be 0, and an expert of weight 0 is not selected under a temperature. */
const FADES: f32 = -80;
const TAKEN: f32 = -Infinity;
/** Tokens that pass over the router together. */
const BLOCK: i32 = 4;

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
export function routeLinear(
  x: usize, tokens: i32, depth: i32, router: usize, bias: usize, selectionBias: usize, mask: usize, experts: i32,
  perToken: i32, isSigmoid: bool, by: i32, divides: bool, temperature: f32, scale: f32, metrics: usize, room: usize,
  allLogits: usize, offsets: usize, token: usize, weight: usize,
): i32 {
  const scores = room, logits = at(scores, BLOCK * experts), open = at(logits, experts), logWeights = at(open, experts);
  const chosen = at(logWeights, experts), weights = at(chosen, tokens * perToken);
  memory.fill(offsets, 0, (<usize>experts + 1) << 2);
  if (metrics) memory.fill(metrics, 0, (<usize>experts * 2 + 4) << 2);
  if (allLogits) memory.fill(allLogits, 0, <usize>tokens * <usize>experts << 2);
  let valid = 0;
  for (let first = 0; first < tokens; first += BLOCK) {
    const count = least(BLOCK, tokens - first);
    scoreBlock(at(x, first * depth), count, router, scores, depth, experts);
    for (let i = 0; i < count; i++) {
      const t = first + i, mine = at(chosen, t * perToken), own = at(weights, t * perToken), score = at(scores, i * experts);
      if (mask && load<f32>(at(mask, t)) == 0) {
        store<i32>(mine, -1);
        continue;
      }
      valid++;
      if (!finishLogits(score, bias, temperature, logits, experts)) return -1;
      if (allLogits) memory.copy(at(allLogits, t * experts), logits, <usize>experts << 2);
      const most = largest(logits, experts);
      const whole = isSigmoid || (divides && by != BY_WEIGHTS && !metrics) ? <f32>1 : sumOfExp(logits, most, experts);
      if (by == BY_WEIGHTS) {
        for (let e = 0; e < experts; e++) {
          const bare = weightOf(isSigmoid, load<f32>(at(logits, e)), most, whole);
          store<f32>(at(open, e), selectionBias ? bare + load<f32>(at(selectionBias, e)) : bare);
        }
        if (!(sumOfMagnitudes(open, experts) < LARGEST)) return -1;
      } else memory.copy(open, by == BY_SCORES ? score : logits, <usize>experts << 2);
      if (!select(open, experts, perToken, mine, offsets, by == BY_WEIGHTS)) return -1;
      for (let c = 0; c < perToken; c++) {
        const z = load<f32>(at(logits, load<i32>(at(mine, c))));
        if (temperature != 0 && z - most < FADES) return -1;
        if (!divides) store<f32>(at(own, c), scale * weightOf(isSigmoid, z, most, whole));
      }
      if (divides) divide(isSigmoid, logits, mine, own, perToken, scale);
      if (metrics) measure(metrics, logits, logWeights, mine, own, most, whole, experts, perToken, isSigmoid);
    }
  }
  const pairs = valid * perToken;
  if (metrics) {
    store<f32>(at(metrics, 2 * experts + 2), <f32>pairs);
    store<f32>(at(metrics, 2 * experts + 3), <f32>valid);
  }
  return sort(tokens, experts, perToken, chosen, weights, offsets, token, weight);
}

/** out[i, e] = x[i, :] router[e, :] for up to four rows of x, each as one sum from the first number to the last. */
function scoreBlock(x: usize, rows: i32, router: usize, out: usize, depth: i32, experts: i32): void {
  const bytes = <usize>depth << 2;
  // Rows that are too many are the last one again, into sums that nobody stores.
  const x1 = rows > 1 ? x + bytes : x, x2 = rows > 2 ? x1 + bytes : x1, x3 = rows > 3 ? x2 + bytes : x2;
  let e = 0;
  for (; e + 4 <= experts; e += 4) {
    if (rows == 1) oneRowOfScores(x, router, out, bytes);
    else fourRowsOfScores(x, x1, x2, x3, rows, router, out, bytes, <usize>experts << 2);
    router += 4 * bytes;
    out += 16;
  }
  for (; e < experts; e++) {
    for (let i = 0; i < rows; i++) {
      const own = x + <usize>i * bytes;
      let sum: f32 = 0;
      for (let k: usize = 0; k < bytes; k += 4) sum += load<f32>(own + k) * load<f32>(router + k);
      store<f32>(at(out, i * experts), sum);
    }
    router += bytes;
    out += 4;
  }
}

function oneRowOfScores(x: usize, router: usize, out: usize, bytes: usize): void {
  const r1 = router + bytes, r2 = r1 + bytes, r3 = r2 + bytes, whole = bytes & ~15;
  let sum = f32x4.splat(0);
  let k: usize = 0;
  for (; k < whole; k += 16) {
    const a = v128.load(router + k), b = v128.load(r1 + k), c = v128.load(r2 + k), d = v128.load(r3 + k);
    const ab = i32x4.shuffle(a, b, 0, 4, 1, 5), cd = i32x4.shuffle(c, d, 0, 4, 1, 5);
    const high = i32x4.shuffle(a, b, 2, 6, 3, 7), low = i32x4.shuffle(c, d, 2, 6, 3, 7);
    sum = multiplyAdd(v128.load_splat<f32>(x + k), i64x2.shuffle(ab, cd, 0, 2), sum);
    sum = multiplyAdd(v128.load_splat<f32>(x + k, 4), i64x2.shuffle(ab, cd, 1, 3), sum);
    sum = multiplyAdd(v128.load_splat<f32>(x + k, 8), i64x2.shuffle(high, low, 0, 2), sum);
    sum = multiplyAdd(v128.load_splat<f32>(x + k, 12), i64x2.shuffle(high, low, 1, 3), sum);
  }
  for (; k < bytes; k += 4) sum = multiplyAdd(v128.load_splat<f32>(x + k), column(router + k, bytes), sum);
  v128.store(out, sum);
}

function fourRowsOfScores(
  x0: usize, x1: usize, x2: usize, x3: usize, rows: i32, router: usize, out: usize, bytes: usize, stride: usize,
): void {
  const r1 = router + bytes, r2 = r1 + bytes, r3 = r2 + bytes, whole = bytes & ~15;
  let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
  let k: usize = 0;
  for (; k < whole; k += 16) {
    const a = v128.load(router + k), b = v128.load(r1 + k), c = v128.load(r2 + k), d = v128.load(r3 + k);
    const ab = i32x4.shuffle(a, b, 0, 4, 1, 5), cd = i32x4.shuffle(c, d, 0, 4, 1, 5);
    const high = i32x4.shuffle(a, b, 2, 6, 3, 7), low = i32x4.shuffle(c, d, 2, 6, 3, 7);
    const c0 = i64x2.shuffle(ab, cd, 0, 2), c1 = i64x2.shuffle(ab, cd, 1, 3);
    const c2 = i64x2.shuffle(high, low, 0, 2), c3 = i64x2.shuffle(high, low, 1, 3);
    s0 = addFourTurns(x0 + k, c0, c1, c2, c3, s0);
    s1 = addFourTurns(x1 + k, c0, c1, c2, c3, s1);
    s2 = addFourTurns(x2 + k, c0, c1, c2, c3, s2);
    s3 = addFourTurns(x3 + k, c0, c1, c2, c3, s3);
  }
  for (; k < bytes; k += 4) {
    const own = column(router + k, bytes);
    s0 = multiplyAdd(v128.load_splat<f32>(x0 + k), own, s0);
    s1 = multiplyAdd(v128.load_splat<f32>(x1 + k), own, s1);
    s2 = multiplyAdd(v128.load_splat<f32>(x2 + k), own, s2);
    s3 = multiplyAdd(v128.load_splat<f32>(x3 + k), own, s3);
  }
  v128.store(out, s0);
  v128.store(out + stride, s1);
  if (rows > 2) v128.store(out + 2 * stride, s2);
  if (rows > 3) v128.store(out + 3 * stride, s3);
}

// @ts-ignore: decorator
@inline function addFourTurns(x: usize, c0: v128, c1: v128, c2: v128, c3: v128, sum: v128): v128 {
  const two = multiplyAdd(v128.load_splat<f32>(x, 4), c1, multiplyAdd(v128.load_splat<f32>(x), c0, sum));
  return multiplyAdd(v128.load_splat<f32>(x, 12), c3, multiplyAdd(v128.load_splat<f32>(x, 8), c2, two));
}

/** One number of each of four rows. */
// @ts-ignore: decorator
@inline function column(from: usize, bytes: usize): v128 {
  let all = v128.load_splat<f32>(from);
  all = f32x4.replace_lane(all, 1, load<f32>(from + bytes));
  all = f32x4.replace_lane(all, 2, load<f32>(from + 2 * bytes));
  return f32x4.replace_lane(all, 3, load<f32>(from + 3 * bytes));
}

/** The logits of one token from its scores; whether all of them are sound numbers. */
function finishLogits(scores: usize, bias: usize, temperature: f32, logits: usize, experts: i32): bool {
  let sum: f32 = 0;
  for (let e = 0; e < experts; e++) {
    let z = load<f32>(at(scores, e));
    if (bias) z += load<f32>(at(bias, e));
    if (temperature != 0) z /= temperature;
    store<f32>(at(logits, e), z);
    sum += abs<f32>(z);
  }
  return sum < LARGEST;
}

function sumOfMagnitudes(a: usize, size: i32): f32 {
  let sum: f32 = 0;
  for (let i = 0; i < size; i++) sum += abs<f32>(load<f32>(at(a, i)));
  return sum;
}

export function largest(z: usize, experts: i32): f32 {
  let most: f32 = -Infinity;
  for (let e = 0; e < experts; e++) most = max<f32>(most, load<f32>(at(z, e)));
  return most;
}

// Called and not inlined, as the next one: the module stays small.
export function expOne(x: f32): f32 {
  return f32x4.extract_lane(expOf(f32x4.splat(x)), 0);
}

/** sum of exp(z - most). */
export function sumOfExp(z: usize, most: f32, experts: i32): f32 {
  let sum: f32 = 0, e = 0;
  for (; e + 4 <= experts; e += 4) {
    const four = expOf(f32x4.sub(v128.load(at(z, e)), f32x4.splat(most)));
    sum += f32x4.extract_lane(four, 0) + f32x4.extract_lane(four, 1) + f32x4.extract_lane(four, 2) + f32x4.extract_lane(four, 3);
  }
  for (; e < experts; e++) sum += expOne(load<f32>(at(z, e)) - most);
  return sum;
}

function weightOf(isSigmoid: bool, z: f32, most: f32, whole: f32): f32 {
  return isSigmoid ? f32x4.extract_lane(sigmoidOf(f32x4.splat(z)), 0) : expOne(z - most) / whole;
}

/** The numbers of the largest, the first of equals first; false where a rounding may decide who is among them. */
function select(open: usize, experts: i32, perToken: i32, mine: usize, offsets: usize, isRounded: bool): bool {
  let last: f32 = 0;
  for (let c = 0; c < perToken; c++) {
    let best = 0, most = load<f32>(open);
    for (let e = 1; e < experts; e++) {
      const score = load<f32>(at(open, e));
      if (score > most) {
        most = score;
        best = e;
      }
    }
    last = most;
    store<f32>(at(open, best), TAKEN);
    store<i32>(at(mine, c), best);
    const count = at(offsets, best);
    store<i32>(count, load<i32>(count, 4) + 1, 4);
  }
  return !isRounded || perToken == experts || last - largest(open, experts) > CLOSE * max<f32>(abs<f32>(last), 1);
}

/** Weights over their sum, as a softmax of their logarithms: the largest exponential is 1, so that no sum underflows. */
function divide(isSigmoid: bool, z: usize, mine: usize, own: usize, perToken: i32, scale: f32): void {
  let most: f32 = -Infinity, sum: f32 = 0;
  for (let c = 0; c < perToken; c++) {
    const value = load<f32>(at(z, load<i32>(at(mine, c))));
    most = max<f32>(most, isSigmoid ? min<f32>(value, 0) : value);
  }
  for (let c = 0; c < perToken; c++) {
    const value = load<f32>(at(z, load<i32>(at(mine, c))));
    // sigmoid(z) = exp(min(z, 0)) / (1 + exp(-|z|))
    const part = isSigmoid
      ? expOne(min<f32>(value, 0) - most) / (<f32>1 + expOne(-abs<f32>(value)))
      : expOne(value - most);
    store<f32>(at(own, c), part);
    sum += part;
  }
  for (let c = 0; c < perToken; c++) store<f32>(at(own, c), scale * (load<f32>(at(own, c)) / sum));
}

/** Adds one token to the metrics of the batch. */
function measure(
  metrics: usize, z: usize, logWeights: usize, mine: usize, own: usize, most: f32, whole: f32, experts: i32, perToken: i32,
  isSigmoid: bool,
): void {
  for (let c = 0; c < perToken; c++) {
    const load0 = at(metrics, load<i32>(at(mine, c))), importance = at(load0, experts);
    store<f32>(load0, load<f32>(load0) + 1);
    store<f32>(importance, load<f32>(importance) + load<f32>(at(own, c)));
  }
  // The distribution is a softmax of the logarithms of the weights.
  let from = z, top = most, sum = whole;
  if (isSigmoid) {
    for (let e = 0; e < experts; e++) {
      const own = softplusOf(f32x4.splat(-load<f32>(at(z, e))));
      store<f32>(at(logWeights, e), -f32x4.extract_lane(own, 0));
    }
    from = logWeights;
    top = largest(from, experts);
    sum = sumOfExp(from, top, experts);
  }
  let mean: f32 = 0, squares: f32 = 0;
  for (let e = 0; e < experts; e++) {
    const below = load<f32>(at(from, e)) - top, logit = load<f32>(at(z, e));
    mean += expOne(below) * below;
    squares += logit * logit;
  }
  const entropy = at(metrics, 2 * experts);
  store<f32>(entropy, load<f32>(entropy) + (logOf(sum) - mean / sum));
  store<f32>(entropy, load<f32>(entropy, 4) + squares / <f32>experts, 4);
}

/** log x for x from 1 on. */
function logOf(x: f32): f32 {
  const bits = reinterpret<i32>(x), fraction = reinterpret<f32>((bits & 0x7fffff) | 0x3f800000) - 1;
  return <f32>((bits >> 23) - 127) * <f32>0.69314718 + f32x4.extract_lane(log1pOf(f32x4.splat(fraction)), 0);
}

/** Stable counting sort of the pairs by expert; returns the rows of the expert that has most. */
function sort(
  tokens: i32, experts: i32, perToken: i32, chosen: usize, weights: usize, offsets: usize, token: usize, weight: usize,
): i32 {
  let most = 0;
  for (let e = 1; e <= experts; e++) {
    const count = load<i32>(at(offsets, e));
    if (count > most) most = count;
    store<i32>(at(offsets, e), count + load<i32>(at(offsets, e - 1)));
  }
  // offsets[e] moves on while rows are placed, and is put back afterwards.
  for (let t = 0; t < tokens; t++) {
    const mine = at(chosen, t * perToken), own = at(weights, t * perToken);
    if (load<i32>(mine) < 0) continue;
    for (let c = 0; c < perToken; c++) {
      const next = at(offsets, load<i32>(at(mine, c))), r = load<i32>(next);
      store<i32>(next, r + 1);
      store<i32>(at(token, r), t);
      store<f32>(at(weight, r), load<f32>(at(own, c)));
    }
  }
  for (let e = experts; e > 0; e--) store<i32>(at(offsets, e), load<i32>(at(offsets, e - 1)));
  store<i32>(offsets, 0);
  return most;
}
