/**
 * `bench gpu`: grouped dispatch in Chromium on webgpu or webgl, against a dense network of the same active size and against
 * every expert for every token, in one run.
 */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  oneOf,
  optionHelp,
  readOptions,
  readText,
  replaceFile,
  type Terminal,
  text,
} from '@tfjs-moe/command-line';
import { MoeError } from '@tfjs-moe/core';
import { chromium } from 'playwright';
import { build, type Rolldown } from 'vite';
import { htmlOf } from './html.ts';
import type { GpuReport, MeasureGpu } from './page.ts';

const WHO = 'bench gpu';

const options = {
  backend: { value: 'NAME', about: 'webgpu (default) or webgl', read: oneOf(['webgpu', 'webgl']) },
  html: {
    value: 'FILE',
    about: 'write a page that measures the machine on which it is opened, and measure nothing',
    read: text,
  },
  save: {
    value: 'FILE',
    about: 'keep every row in this file, and go on from the rows that are there',
    read: text,
  },
  quick: { about: 'small cases, seconds on a software adapter' },
  json: { about: 'one JSON object instead of a table' },
};

/** Where there is no GPU, software takes its place. */
const flags = ['--no-sandbox', '--enable-unsafe-webgpu', '--enable-unsafe-swiftshader'];
const software = ['--use-webgpu-adapter=swiftshader', '--use-gl=angle', '--use-angle=swiftshader'];

export async function benchGpu(words: readonly string[], { output, errors }: Terminal): Promise<number> {
  const { given, words: stray, help } = readOptions(WHO, [...words], options);
  if (help) {
    output.write(`usage: pnpm --silent bench gpu [options]\n\n${optionHelp(options)}\n`);
    return 0;
  }
  if (stray.length > 0) throw new MoeError(WHO, 'takes options alone', stray[0]);
  const script = await pageScript();
  if (given.html !== undefined) {
    replaceFile(WHO, { path: resolve(given.html), content: htmlOf(script), written: given.html });
    errors.write(`open ${given.html} in a browser\n`);
    return 0;
  }
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [...flags, ...(process.env.BENCH_GPU === 'real' ? [] : software)],
  });
  try {
    const page = await browser.newPage();
    // WebGPU wants a secure context, which a page of localhost is; every request is answered from here.
    await page.route('http://localhost/**', (route) =>
      route.fulfill({ contentType: 'text/html', body: htmlOf(script) }),
    );
    await page.goto('http://localhost/');
    await page.waitForFunction(() => 'measureGpu' in globalThis);
    const { save } = given;
    await page.exposeFunction('told', (report: GpuReport, total: number) => {
      const { case: name, mode, 'grouped / stock': ratio } = report.rows.at(-1)!;
      errors.write(`${report.rows.length} of ${total}: ${name}, ${mode}: ${ratio.toFixed(2)} times stock\n`);
      if (save !== undefined) keep(save, report);
    });
    const report = await page.evaluate(
      ([backend, quick, before]) => {
        const { measureGpu, told } = globalThis as unknown as {
          measureGpu: MeasureGpu;
          told: (report: GpuReport, total: number) => Promise<void>;
        };
        return measureGpu(backend, { quick, before, told });
      },
      [given.backend ?? 'webgpu', given.quick, save === undefined ? undefined : kept(save)] as const,
    );
    output.write(`${given.json ? JSON.stringify(report) : tableOf(report)}\n`);
  } finally {
    await browser.close();
  }
  return 0;
}

function keep(path: string, report: GpuReport): void {
  const content = `${JSON.stringify(report, undefined, 2)}\n`;
  replaceFile(WHO, { path: resolve(path), content, written: path });
}

/** What an earlier run has kept. */
function kept(path: string): GpuReport | undefined {
  if (!existsSync(resolve(path))) return undefined;
  const rule = '--save must name a file that an earlier run has written, or a new one';
  const text = readText(WHO, rule, resolve(path), path);
  try {
    const report = JSON.parse(text) as GpuReport;
    if (Array.isArray(report.rows)) return report;
  } catch {
    // Said below.
  }
  throw new MoeError(WHO, rule, path);
}

function tableOf({ adapter, agent, tfjs, rows, 'stock product, GFLOP/s': rate }: GpuReport): string {
  const names = Object.keys(rows[0] ?? {}) as (keyof GpuReport['rows'][number])[];
  const shown = (value: number | string) => (typeof value === 'number' ? value.toPrecision(3) : value);
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    `Milliseconds of a pass, medians of one run; adapter: ${adapter}, whose stock product reaches ${rate.toPrecision(3)} GFLOP/s; tfjs ${tfjs}; ${agent}`,
    '',
    line(names),
    line(names.map(() => '---')),
    ...rows.map((row) => line(names.map((name) => shown(row[name])))),
  ].join('\n');
}

/** The page's module and all it imports, as one script. */
async function pageScript(): Promise<string> {
  const [{ output }] = (await build({
    configFile: false,
    logLevel: 'error',
    build: {
      write: false,
      target: 'esnext',
      lib: { entry: join(import.meta.dirname, 'page.js'), formats: ['es'] },
    },
  })) as Rolldown.RolldownOutput[] as [Rolldown.RolldownOutput];
  return output[0].code;
}
