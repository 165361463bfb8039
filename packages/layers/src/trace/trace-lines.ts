import { expectInteger, expectKnownOptions, MoeError } from '@tfjs-moe/core';
import { callName, expectCall, expectTrace, type RoutingTrace, type TracedCall } from './routing-trace.ts';

/** Options of `readTrace`. */
export interface ReadTraceOptions {
  /** Number of experts of all layers, for traces of programs that do not write it. */
  readonly experts?: number;
}

/**
 * A trace as JSON lines, one for every call of a layer, in the form that Megatron-LM writes:
 * `{"step":0,"block":"...","layer":"moe","num_tokens":2,"topk":2,"top_indices":[[3,1],[0,2]]}`.
 *
 * Beside it stand `call` and `experts`, and `weights`, `margins` and `labels` where the trace has them. Padding is null.
 */
export function writeTrace(trace: RoutingTrace): string {
  return expectTrace('writeTrace', trace)
    .map((call) => `${JSON.stringify(lineOf(call))}\n`)
    .join('');
}

function lineOf({ step, stage, block, layer, call, experts, expertsPerToken, choices, ...rest }: TracedCall) {
  return {
    step,
    stage,
    block,
    layer,
    call,
    num_tokens: choices.length,
    experts,
    topk: expertsPerToken,
    top_indices: choices,
    weights: rest.weights,
    margins: rest.margins,
    labels: rest.labels,
  };
}

/**
 * The trace that lines of JSON hold. Nothing is guessed: a line that is cut off, a shape that does not fit, an expert that
 * is out of range or chosen twice, a call that is there twice, end in an error with the number of the line.
 *
 * Lines of Megatron-LM are read too; they do not say how many experts there are, so `experts` has to. What else stands in
 * a line, such as a rank, is left out.
 */
export function readTrace(text: string, options: ReadTraceOptions = {}): RoutingTrace {
  const who = 'readTrace';
  expectKnownOptions(who, options, ['experts']);
  if (typeof text !== 'string')
    throw new MoeError(who, 'the first argument must be the text of a trace', text);
  const trace: TracedCall[] = [];
  const lines = new Map<string, number>();
  for (const [i, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const what = `line ${i + 1}`;
    const call = callOf(who, what, parsed(who, what, line), options);
    const name = callName(call);
    const before = lines.get(name);
    if (before !== undefined) throw new MoeError(who, `${what}: ${name} is in line ${before} already`);
    lines.set(name, i + 1);
    trace.push(call);
  }
  return trace;
}

function parsed(who: string, what: string, line: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new MoeError(who, `${what} must be JSON`, line);
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>;
  throw new MoeError(who, `${what} must be an object`, value);
}

function callOf(
  who: string,
  what: string,
  line: Record<string, unknown>,
  { experts }: ReadTraceOptions,
): TracedCall {
  const tokens = expectInteger(who, `${what}: num_tokens`, line.num_tokens, { min: 0 });
  if (line.experts === undefined && experts === undefined)
    throw new MoeError(who, `${what} does not say how many experts there are: give { experts }`);
  const choices = line.top_indices;
  const call = expectCall(who, what, {
    step: line.step,
    ...given('stage', line),
    ...given('block', line),
    layer: line.layer,
    call: line.call ?? 0,
    experts: line.experts ?? experts,
    expertsPerToken: line.topk,
    choices,
    ...given('weights', line, (weights) => asNumbers(weights)),
    ...given('margins', line),
    ...given('labels', line),
  });
  if (call.choices.length === tokens) return Object.freeze(call);
  throw new MoeError(
    who,
    `${what}: top_indices must have one row per token (${tokens})`,
    call.choices.length,
  );
}

function given(
  name: string,
  line: Record<string, unknown>,
  change: (value: unknown) => unknown = (value) => value,
): Record<string, unknown> {
  return line[name] === undefined ? {} : { [name]: change(line[name]) };
}

/** JSON has null in place of what is not finite. */
function asNumbers(weights: unknown): unknown {
  if (!Array.isArray(weights)) return weights;
  return weights.map((row) =>
    Array.isArray(row) ? row.map((weight) => (weight === null ? Number.NaN : weight)) : row,
  );
}
