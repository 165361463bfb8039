/** What else a JavaScript program may run a trained mixture with: onnxruntime in Node, native and as WebAssembly. */
import * as tf from '@tensorflow/tfjs-core';
import { ffn } from '@tfjs-moe/experts';
import { topK } from '@tfjs-moe/gates';
import { mixtureOfExperts } from '@tfjs-moe/layers';
import { register, threadsReady } from '@tfjs-moe/wasm';
import { describeSizes, flopsOf, type Sizes } from '../feed-forward.ts';
import { onnxMixture } from '../onnx-mixture.ts';
import { type Contender, median, ratioOf, takeTurns, warmUp } from '../pairs.ts';
import type { Row, Subject } from '../subject.ts';

/** The part of onnxruntime's packages that is used here. */
interface Runtime {
  readonly InferenceSession: { create(model: Uint8Array, options: object): Promise<Session> };
  readonly Tensor: new (type: 'float32', data: Float32Array, shape: readonly number[]) => object;
  readonly env: { logLevel?: string; wasm: { numThreads?: number }; versions: Record<string, string> };
}

interface Session {
  run(inputs: Record<string, object>): Promise<Record<string, { readonly data: Float32Array }>>;
  release(): Promise<void>;
}

const quickCases: readonly Sizes[] = [
  { T: 1, D: 64, H: 256, E: 64, K: 2 },
  { T: 1, D: 256, H: 1024, E: 8, K: 2 },
  { T: 32, D: 256, H: 1024, E: 8, K: 2 },
  { T: 1024, D: 64, H: 256, E: 8, K: 2 },
];

const moreCases: readonly Sizes[] = [
  { T: 8, D: 256, H: 1024, E: 8, K: 2 },
  { T: 256, D: 64, H: 256, E: 8, K: 2 },
  { T: 256, D: 64, H: 256, E: 64, K: 2 },
  { T: 1024, D: 64, H: 256, E: 64, K: 2 },
  { T: 1024, D: 256, H: 1024, E: 8, K: 1 },
];

const WARM_MS = 300;
/** As far as outputs may lie apart, of the largest. */
const TOLERANCE = 1e-4;
/** Inputs that take turns, so that experts change as they do in use. */
const INPUTS = 10;

export const peers: Subject = {
  name: 'peers',
  about:
    "time of a layer's evaluation, routing included, over that of onnxruntime's MoE with the same weights: native, and as WebAssembly on one thread",
  async measure({ quick, effort, log }) {
    const native = await runtime('onnxruntime-node', () => import('onnxruntime-node'), log);
    const web = await runtime('onnxruntime-web', () => import('onnxruntime-web/wasm'), log);
    const rows: Row[] = [];
    for (const sizes of quick ? quickCases : [...quickCases, ...moreCases]) {
      for (const threads of [1, 2]) {
        log(`${describeSizes(sizes)}: ${threads} ${threads === 1 ? 'thread' : 'threads'}`);
        register({ threads });
        await threadsReady();
        // The number of threads of onnxruntime-web is that of its first session.
        const others = { ...(native && { native }), ...(web && threads === 1 && { web }) };
        rows.push(await compared(sizes, threads, others, effort));
      }
    }
    register();
    return rows;
  },
};

async function compared(
  sizes: Sizes,
  threads: number,
  runtimes: Readonly<Record<string, Runtime>>,
  effort: Parameters<typeof takeTurns>[1],
): Promise<Row> {
  const { T, D, H, E, K } = sizes;
  const layer = mixtureOfExperts({
    ...{ experts: E, gate: topK({ k: K }), expert: ffn({ hiddenUnits: H }), units: D },
    ...{ seed: 1, recordRouting: false },
  });
  const inputs = Array.from({ length: INPUTS }, (_, i) => tf.randomNormal([T, D], 0, 1, 'float32', i));
  const output = (x: tf.Tensor) => {
    const y = layer.apply(x) as tf.Tensor;
    const numbers = y.dataSync();
    y.dispose();
    return numbers as Float32Array;
  };
  const expected = output(inputs[0]!).slice();
  const file = onnxMixture(layer, sizes);
  let turn = 0;
  const next = <V>(list: readonly V[]) => list[turn++ % list.length]!;
  const contenders: Contender[] = [{ name: 'layer', run: () => void output(next(inputs)) }];
  const sessions: Session[] = [];
  for (const [name, { InferenceSession, Tensor }] of Object.entries(runtimes)) {
    const session = await InferenceSession.create(file, {
      executionProviders: [name === 'web' ? 'wasm' : 'cpu'],
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
    });
    sessions.push(session);
    const own = inputs.map((x) => new Tensor('float32', x.dataSync().slice() as Float32Array, [T, D]));
    expectSame(name, (await session.run({ x: own[0]! })).y!.data, expected);
    contenders.push({ name, run: async () => void (await session.run({ x: next(own) })) });
  }
  await warmUp(contenders, WARM_MS);
  const timings = await takeTurns(contenders, effort);
  for (const session of sessions) await session.release();
  tf.dispose([...inputs, ...layer.weights.map((weight) => weight.read())]);
  const ratios = Object.keys(runtimes).map((name) => [name, ratioOf(timings, 'layer', name)] as const);
  const ms = median(timings, 'layer');
  return {
    case: describeSizes(sizes),
    mode: threads === 1 ? 'one thread' : 'two threads',
    ratios: Object.fromEntries(ratios.map(([name, ratio]) => [name, ratio.median])),
    spread: Object.fromEntries(ratios.map(([name, ratio]) => [name, ratio.spread])),
    ms,
    gflops: flopsOf(sizes, 'forward') / ms / 1e6,
    ...Object.fromEntries(Object.keys(runtimes).map((name) => [`${name}Ms`, median(timings, name)])),
  };
}

/** A package of onnxruntime, or one line that says why it does not load here. */
async function runtime(
  name: string,
  load: () => Promise<object>,
  log: (text: string) => void,
): Promise<Runtime | undefined> {
  try {
    const module = await load();
    const loaded = ('default' in module ? module.default : module) as Runtime;
    loaded.env.logLevel = 'error';
    loaded.env.wasm.numThreads = 1;
    log(`${name} ${loaded.env.versions.common ?? ''}`);
    return loaded;
  } catch (error) {
    log(`${name} does not load here: ${(error as Error).message.split('\n')[0]}`);
    return undefined;
  }
}

function expectSame(name: string, found: Float32Array, expected: Float32Array): void {
  let [most, largest] = [0, 0];
  expected.forEach((value, i) => {
    most = Math.max(most, Math.abs(found[i]! - value));
    largest = Math.max(largest, Math.abs(value));
  });
  if (most <= TOLERANCE * largest) return;
  throw new Error(`${name} computes something else: off by ${most / largest} of the largest output`);
}
