/** What a page measures of its GPU, and shows when a person opens it. */
import '@tfjs-moe/webgl';
import '@tfjs-moe/webgpu';
import * as tf from '@tensorflow/tfjs-core';
// Registers the gradients, which tfjs-core leaves out.
import '@tensorflow/tfjs-layers';
import { casesFor } from './cases.ts';
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
  /** What grouped reaches, to be held against the rate of stock's product. */
  readonly 'GFLOP/s': number;
}

export interface GpuReport {
  readonly adapter: string;
  readonly agent: string;
  readonly tfjs: string;
  /** What tfjs's own product reaches on square matrices. */
  readonly 'stock product, GFLOP/s': number;
  readonly rows: readonly GpuRow[];
}

export interface MeasureOptions {
  readonly quick: boolean;
  /** An earlier report, whose rows are not measured again where it is of the same browser and adapter. */
  readonly before?: GpuReport | undefined;
  /** Told of every row as it comes, and of how many there will be. */
  told?(report: GpuReport, total: number): unknown;
}

export type MeasureGpu = (backend: GpuBackend, options: MeasureOptions) => Promise<GpuReport>;

const modes: readonly Mode[] = ['forward', 'forward+backward'];

const measureGpu: MeasureGpu = async (backend, { quick, before, told }) => {
  if (!(await tf.setBackend(backend).catch(() => false))) throw new Error(`this browser has no ${backend}`);
  await tf.ready();
  const rows: GpuRow[] = [];
  const own = adapter(backend);
  const size = quick ? 256 : 1024;
  const report = {
    adapter: own,
    agent: navigator.userAgent,
    tfjs: tf.version_core,
    'stock product, GFLOP/s': await soundly(backend, () => productRate(size)),
    rows,
  };
  const cases = casesFor(own, quick);
  const total = cases.length * modes.length;
  const isSame = before?.adapter === own && before.agent === report.agent && before.tfjs === report.tfjs;
  for (const sizes of cases) {
    for (const mode of modes) {
      const name = caseOf(sizes);
      const known = isSame && before.rows.find((row) => row.case === name && row.mode === mode);
      rows.push(known || (await soundly(backend, () => measured(sizes, mode, quick))));
      await told?.(report, total);
    }
  }
  return report;
};

/** What tfjs's own product reaches on two square matrices. */
async function productRate(size: number): Promise<number> {
  const [a, b] = [tf.randomNormal([size, size]), tf.randomNormal([size, size])] as [tf.Tensor2D, tf.Tensor2D];
  const run = () => tf.tidy(() => tf.slice(tf.matMul(a, b), [0, 0], [1, 1]));
  const times: number[] = [];
  for (let round = 0; round < 4; round++) times.push(await pass({ run }));
  tf.dispose([a, b]);
  return (2 * size ** 3) / median(times.slice(1)) / 1e6;
}

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

const caseOf = ({ T, D, H, E, K }: Sizes): string => `T ${T}, D ${D}, H ${H}, E ${E}, K ${K}`;

/** A pass of so many milliseconds is not taken again and again. */
const SLOW = 1500;

async function measured(sizes: Sizes, mode: Mode, quick: boolean): Promise<GpuRow> {
  const made = [grouped, stockDense, allExperts].map((make) => make(sizes, mode));
  // One after the other in turn, so that what else the machine does falls on all of them.
  const times: number[][] = made.map(() => []);
  for (let round = 0; round < (quick ? 4 : 12); round++) {
    for (const [i, contender] of made.entries()) {
      // Every expert for every token takes long, and needs no precision.
      if (i === 2 && (times[2]![0] ?? 0) > SLOW) continue;
      const time = await pass(contender);
      // The first pass compiles, which what takes seconds does not notice.
      if (round > 0 || (i === 2 && time > SLOW)) times[i]!.push(time);
    }
  }
  for (const contender of made) contender.dispose();
  const [own, stock, dense] = times.map(median) as [number, number, number];
  // Pairs of one round, since what else the machine does changes from round to round.
  const ratio = (over: readonly number[], under: readonly number[]) =>
    median(over.map((time, round) => time / (under[round] ?? own)));
  const { T, D, H, K } = sizes;
  const operations = 4 * T * K * D * H * (mode === 'forward' ? 1 : 3);
  return {
    case: caseOf(sizes),
    mode,
    grouped: own,
    stock,
    dense,
    'grouped / stock': ratio(times[0]!, times[1]!),
    'dense / grouped': ratio(times[2]!, times[0]!),
    'GFLOP/s': operations / own / 1e6,
  };
}

/** From the first command to the last number. */
async function pass(contender: Pick<GpuContender, 'run'>): Promise<number> {
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

const shownNumber = (value: number): string =>
  value < 100 ? value.toPrecision(3) : value.toLocaleString('en', { maximumFractionDigits: 0 });

function show(report: GpuReport): void {
  const names = Object.keys(report.rows[0] ?? {}) as (keyof GpuRow)[];
  const line = (cell: 'th' | 'td', texts: readonly (string | number)[]) => {
    const row = document.createElement('tr');
    for (const text of texts) {
      const shown = typeof text === 'number' ? shownNumber(text) : text;
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

// What a run on a machine without a GPU looks like, for as long as nothing is measured here.
show(JSON.parse(document.querySelector('#example')!.textContent!) as GpuReport);
// Nobody takes it for their own.
result.value = '';

for (const button of buttons) {
  button.addEventListener('click', async () => {
    const quick = document.querySelector<HTMLInputElement>('input')!.checked;
    for (const each of buttons) each.disabled = true;
    state.value = 'Measuring…';
    body.replaceChildren();
    result.value = '';
    try {
      const report = await measureGpu(button.value as GpuBackend, {
        quick,
        told(soFar, total) {
          show(soFar);
          state.value = `${soFar.rows.length} of ${total} measured on ${soFar.adapter}…`;
        },
      });
      state.value = `Measured on ${report.adapter}.`;
    } catch (error) {
      state.value = String(error);
    }
    for (const each of buttons) each.disabled = false;
  });
}
document.querySelector('#copy')!.addEventListener('click', async () => {
  if (result.value === '') {
    state.value = 'Nothing is measured here yet.';
    return;
  }
  await navigator.clipboard.writeText(result.value);
  state.value = 'Copied.';
});
