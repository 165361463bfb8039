import { MoeError } from '@tfjs-moe/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type RoutingTrace, readTrace, writeTrace } from '../../src/trace/index.ts';

const trace: RoutingTrace = [
  {
    step: 0,
    stage: 'eval',
    block: 'decoder',
    layer: 'moe',
    call: 0,
    experts: 4,
    expertsPerToken: 2,
    choices: [[3, 1], null, [0]],
    weights: [[0.75, 0.25], null, [1]],
    margins: [0.5, null, null],
    labels: ['a', null, 7],
  },
  { step: 0, layer: 2, call: 1, experts: 4, expertsPerToken: 1, choices: [[3], [1]] },
];

test('what is written is read', () => {
  expect(readTrace(writeTrace(trace))).toEqual(trace);
  expect(readTrace('')).toEqual([]);
});

test('lines are in the form of Megatron-LM', () => {
  const [, second = ''] = writeTrace(trace).split('\n');
  expect(second).toBe(
    '{"step":0,"layer":2,"call":1,"num_tokens":2,"experts":4,"topk":1,"top_indices":[[3],[1]]}',
  );
  const megatron =
    '{"step": 4, "stage": "training", "block": "decoder", "layer": 3, "rank": 0, "num_tokens": 1, "topk": 2, "top_indices": [[7, 2]]}\n';
  expect(readTrace(megatron, { experts: 8 })).toEqual([
    {
      step: 4,
      stage: 'training',
      block: 'decoder',
      layer: 3,
      call: 0,
      experts: 8,
      expertsPerToken: 2,
      choices: [[7, 2]],
    },
  ]);
});

test('a weight that is no number stays none', () => {
  const broken = [{ ...trace[1]!, weights: [[Number.NaN], [1]] }];
  expect(readTrace(writeTrace(broken))).toEqual(broken);
});

describe('a damaged trace ends in an error that names the line', () => {
  const [good = ''] = writeTrace(trace).split('\n');
  const change = (fields: object) => JSON.stringify({ ...JSON.parse(good), ...fields });
  test.each([
    ['line 2 must be JSON', `${good}\n${good.slice(0, 40)}`],
    ['line 1 must be an object', '[1]'],
    ['line 2: step 0, block decoder, layer moe, call 0 is in line 1 already', `${good}\n${good}`],
    ['line 1: num_tokens must be an integer', change({ num_tokens: 2.5 })],
    ['line 1: top_indices must have one row per token (4). Received: 3', change({ num_tokens: 4 })],
    [
      'line 1, token 0: an expert must be an integer between 0 and 3. Received: 4',
      change({ top_indices: [[4, 1], null, [0]] }),
    ],
    ['line 1, token 2: an expert must not be chosen twice', change({ top_indices: [[3, 1], null, [0, 0]] })],
    ['line 1, token 0: there must be at most 1 experts', change({ topk: 1 })],
    ['line 1: expertsPerToken must be an integer between 1 and 4', change({ topk: 5 })],
    ['line 1: experts must be an integer', change({ experts: 'x' })],
    ['line 1 does not say how many experts', change({ experts: undefined })],
    ['line 1: layer must be a name or a number', change({ layer: undefined })],
    ['line 1: choices must be a list', change({ top_indices: undefined })],
    ['line 1, token 0: weights must be 2 numbers', change({ weights: [[1], null, [1]] })],
    ['line 1, token 1: weights must be null for padding', change({ weights: [[1, 0], [1], [1]] })],
    ['line 1: labels must have one entry per token', change({ labels: [] })],
    ['line 1, token 0: labels must be', change({ labels: [{}, null, 7] })],
    ['line 1, token 0: margins must be', change({ margins: ['x', null, 7] })],
    ['line 1: stage must be a string', change({ stage: 1 })],
  ])('%s', (message, text) => {
    expect(() => readTrace(text)).toThrow(`[tfjs-moe] readTrace: ${message}`);
  });

  test('any line that is cut off', () => {
    for (let end = 1; end < good.length; end++) expect(() => readTrace(good.slice(0, end))).toThrow(MoeError);
  });

  test('any other value in any place is refused by name, or is a trace that can be written and read', () => {
    const line = JSON.parse(good) as Record<string, unknown>;
    const names = fc.constantFrom(...Object.keys(line), 'top_indices');
    const rows = fc.array(fc.oneof(fc.array(fc.integer({ min: -1, max: 5 })), fc.jsonValue()), {
      maxLength: 4,
    });
    let refused = 0;
    fc.assert(
      fc.property(names, fc.oneof(fc.jsonValue(), rows), (name, value) => {
        let read: RoutingTrace;
        try {
          read = readTrace(JSON.stringify({ ...line, [name]: value }));
        } catch (error) {
          refused++;
          expect(error).toBeInstanceOf(MoeError);
          expect((error as MoeError).message).toMatch(/^\[tfjs-moe\] readTrace: line 1/);
          return;
        }
        expect(readTrace(writeTrace(read))).toEqual(read);
      }),
      { numRuns: 500 },
    );
    expect(refused).toBeGreaterThan(300);
  });

  test('what is no text, and no trace', () => {
    expect(() => readTrace(undefined as never)).toThrow('must be the text of a trace');
    expect(() => writeTrace({} as never)).toThrow('a trace must be a list of calls');
    // Holes, too.
    expect(() => writeTrace(new Array(1) as never)).toThrow('call 0 of the trace must be an object');
  });
});
