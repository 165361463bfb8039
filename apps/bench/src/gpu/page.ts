/** What a page measures of its GPU, and shows when a person opens it. */
import '@tfjs-moe/webgl';
import '@tfjs-moe/webgpu';
import * as tf from '@tensorflow/tfjs-core';
// Registers the gradients, which tfjs-core leaves out.
import '@tensorflow/tfjs-layers';
import { allExperts, type GpuContender, grouped, type Mode, type Sizes, stockDense } from './contenders.ts';

export type GpuBackend = 'webgpu' | 'webgl';

/** One case, in milliseconds of a pass. */
export interface GpuRow {
  readonly case: string;
  readonly mode: Mode;
  readonly grouped: number;
  /** A dense network of the same active size, by the kernels of tfjs. */
  readonly stock: number;
  /** Every expert for every token, which is what `auto` takes without kernels. */
  readonly dense: number;
  readonly 'grouped / stock': number;
  readonly 'dense / grouped': number;
}

export interface GpuReport {
  readonly adapter: string;
  readonly agent: string;
  readonly tfjs: string;
  readonly rows: readonly GpuRow[];
}

export type MeasureGpu = (backend: GpuBackend, quick: boolean) => Promise<GpuReport>;

const modes: readonly Mode[] = ['forward', 'forward+backward'];
const cases: readonly Sizes[] = [
  { T: 1024, D: 128, H: 256, E: 8, K: 2 },
  { T: 1024, D: 128, H: 256, E: 64, K: 2 },
];
const large: readonly Sizes[] = [
  { T: 2048, D: 512, H: 1024, E: 64, K: 2 },
  { T: 8192, D: 512, H: 1024, E: 8, K: 2 },
];

const measureGpu: MeasureGpu = async (backend, quick) => {
  if (!(await tf.setBackend(backend))) throw new Error(`this browser has no ${backend}`);
  await tf.ready();
  const rows: GpuRow[] = [];
  for (const sizes of quick ? cases : [...cases, ...large]) {
    for (const mode of modes) rows.push(await measured(sizes, mode, quick));
  }
  return { adapter: adapter(backend), agent: navigator.userAgent, tfjs: tf.version_core, rows };
};

async function measured(sizes: Sizes, mode: Mode, quick: boolean): Promise<GpuRow> {
  const made = [grouped, stockDense, allExperts].map((make) => make(sizes, mode));
  // One after the other in turn, so that what else the machine does falls on all of them.
  const times: number[][] = made.map(() => []);
  for (let round = 0; round < (quick ? 4 : 12); round++) {
    for (const [i, contender] of made.entries()) {
      // Every expert for every token takes long, and needs no precision.
      if (i === 2 && quick && round > 1) continue;
      const time = await pass(contender);
      if (round > 0) times[i]!.push(time);
    }
  }
  for (const contender of made) contender.dispose();
  const [own, stock, dense] = times.map(median) as [number, number, number];
  const { T, D, H, E, K } = sizes;
  return {
    case: `T ${T}, D ${D}, H ${H}, E ${E}, K ${K}`,
    mode,
    grouped: own,
    stock,
    dense,
    'grouped / stock': own / stock,
    'dense / grouped': dense / own,
  };
}

/** From the first command to the last number. */
async function pass(contender: GpuContender): Promise<number> {
  const start = performance.now();
  const result = contender.run();
  await result.data();
  result.dispose();
  return performance.now() - start;
}

const median = (times: readonly number[]): number => [...times].sort((a, b) => a - b)[times.length >> 1]!;

function adapter(backend: GpuBackend): string {
  if (backend === 'webgpu') {
    const { adapterInfo } = tf.backend() as unknown as { adapterInfo: Record<string, string> };
    return ['vendor', 'architecture']
      .map((name) => adapterInfo[name] ?? '')
      .join(' ')
      .trim();
  }
  const { gl } = (tf.backend() as unknown as { gpgpu: { gl: WebGL2RenderingContext } }).gpgpu;
  const names = gl.getExtension('WEBGL_debug_renderer_info');
  return String(gl.getParameter(names ? names.UNMASKED_RENDERER_WEBGL : gl.RENDERER));
}

Object.assign(globalThis, { measureGpu });

/** On a page that a person opens: a button for each backend, and the result as text to copy. */
const result = document.querySelector('textarea');
for (const button of document.querySelectorAll('button')) {
  button.addEventListener('click', async () => {
    result!.value = 'measuring; this takes a minute or two';
    try {
      result!.value = JSON.stringify(await measureGpu(button.value as GpuBackend, false), undefined, 2);
    } catch (error) {
      result!.value = String(error);
    }
  });
}
