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

/** @param told every row as it comes */
export type MeasureGpu = (
  backend: GpuBackend,
  quick: boolean,
  told?: (report: GpuReport) => void,
) => Promise<GpuReport>;

const modes: readonly Mode[] = ['forward', 'forward+backward'];
const cases: readonly Sizes[] = [
  { T: 1024, D: 128, H: 256, E: 8, K: 2 },
  { T: 1024, D: 128, H: 256, E: 64, K: 2 },
];
const large: readonly Sizes[] = [
  { T: 2048, D: 512, H: 1024, E: 64, K: 2 },
  { T: 8192, D: 512, H: 1024, E: 8, K: 2 },
];

const measureGpu: MeasureGpu = async (backend, quick, told) => {
  if (!(await tf.setBackend(backend).catch(() => false))) throw new Error(`this browser has no ${backend}`);
  await tf.ready();
  const rows: GpuRow[] = [];
  const report = { adapter: adapter(backend), agent: navigator.userAgent, tfjs: tf.version_core, rows };
  for (const sizes of quick ? cases : [...cases, ...large]) {
    for (const mode of modes) {
      rows.push(await soundly(backend, () => measured(sizes, mode, quick)));
      told?.(report);
    }
  }
  return report;
};

/** What is used of a device of WebGPU, which tells of a shader that does not compile nobody who does not ask. */
interface Scopes {
  pushErrorScope(filter: string): void;
  popErrorScope(): Promise<{ readonly message: string } | null>;
}

/** Runs something, and ends in the first error of the device: times of a program that is none are worth nothing. */
async function soundly<T>(backend: GpuBackend, run: () => Promise<T>): Promise<T> {
  if (backend !== 'webgpu') return run();
  const { device } = tf.backend() as unknown as { device: Scopes };
  const filters = ['validation', 'out-of-memory'];
  for (const filter of filters) device.pushErrorScope(filter);
  const result = await run();
  for (const _filter of filters) {
    const error = await device.popErrorScope();
    if (error) throw new Error(error.message);
  }
  return result;
}

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
  // Pairs of one round, since what else the machine does changes from round to round.
  const ratio = (over: readonly number[], under: readonly number[]) =>
    median(over.map((time, round) => time / (under[round] ?? own)));
  const { T, D, H, E, K } = sizes;
  return {
    case: `T ${T}, D ${D}, H ${H}, E ${E}, K ${K}`,
    mode,
    grouped: own,
    stock,
    dense,
    'grouped / stock': ratio(times[0]!, times[1]!),
    'dense / grouped': ratio(times[2]!, times[0]!),
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

/** On a page that a person opens: a button for each backend, a table that fills, and the result as text to copy. */
const result = document.querySelector('textarea')!;
const [head, body] = [document.querySelector('thead')!, document.querySelector('tbody')!];
const state = document.querySelector('output')!;
const buttons = document.querySelectorAll<HTMLButtonElement>('button[value]');

function show(report: GpuReport): void {
  const names = Object.keys(report.rows[0] ?? {}) as (keyof GpuRow)[];
  const line = (cell: 'th' | 'td', texts: readonly (string | number)[]) => {
    const row = document.createElement('tr');
    for (const text of texts) {
      const shown = typeof text === 'number' ? text.toPrecision(3) : text;
      row.append(Object.assign(document.createElement(cell), { textContent: shown }));
    }
    return row;
  };
  head.replaceChildren(line('th', names));
  body.replaceChildren(
    ...report.rows.map((row) =>
      line(
        'td',
        names.map((name) => row[name]),
      ),
    ),
  );
  result.value = JSON.stringify(report, undefined, 2);
}

for (const button of buttons) {
  button.addEventListener('click', async () => {
    const quick = document.querySelector<HTMLInputElement>('input')!.checked;
    for (const each of buttons) each.disabled = true;
    state.value = 'Measuring…';
    try {
      const report = await measureGpu(button.value as GpuBackend, quick, (soFar) => {
        show(soFar);
        state.value = `Measuring on ${soFar.adapter}…`;
      });
      state.value = `Measured on ${report.adapter}.`;
    } catch (error) {
      state.value = String(error);
    }
    for (const each of buttons) each.disabled = false;
  });
}
document.querySelector('#copy')!.addEventListener('click', async () => {
  await navigator.clipboard.writeText(result.value);
  state.value = 'Copied.';
});
