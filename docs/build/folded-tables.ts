/**
 * What a benchmark printed, between `<!-- pnpm --silent bench ... -->` and `<!-- end -->`: the speed-ups as a picture, drawn
 * from the table itself, and the table folded below it.
 */
import type { MarkdownRenderer } from 'vitepress';
import { type Bar, speedFigure } from './speed-figure.ts';

const REGION = /^(<!-- pnpm --silent bench (\w+)[^\n]* -->)\n(.*?)^<!-- end -->$/gms;

/** Columns that hold own time over another's, and who the other is. */
const OTHERS: Readonly<Record<string, string>> = {
  stock: 'TensorFlow.js as it comes',
  transposed: 'the best that its operations can do',
  ownKernel: 'a dense network with the same kernels',
  oneThread: 'one thread',
  flexmix: "R's flexmix",
  limit: 'the bar that was set',
  oneWorker: 'one worker',
  web: 'onnxruntime-web, which is WebAssembly too',
  native: 'onnxruntime-node, which is native',
};

const WITHOUT_PICTURE = new Set(['memory', 'scaling', 'start', 'gemm']);

export function foldedTables(md: MarkdownRenderer): void {
  md.core.ruler.before('normalize', 'folded-tables', (state) => {
    state.src = folded(state.src);
  });
}

/** The Markdown of a page with its benchmarks folded. */
export function folded(source: string): string {
  return source.replace(REGION, (_, command: string, name: string, text: string) => {
    const bars = WITHOUT_PICTURE.has(name) ? [] : barsOf(text);
    const picture = bars.length === 0 ? '' : `${speedFigure(bars)}\n\n`;
    return `${picture}<details class="numbers"><summary>The numbers: <code>${command
      .replace(/<!-- | -->/g, '')
      .replaceAll('&', '&amp;')}</code></summary>\n\n${text.trim()}\n\n</details>\n`;
  });
}

/** Speed-ups of the first table: a ratio r of times is a speed-up of 1 / r. */
export function barsOf(text: string): Bar[] {
  const rows = text
    .split(/\n{2,}/)
    .find((block) => block.trimStart().startsWith('|'))
    ?.trim()
    .split('\n')
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  if (rows === undefined) return [];
  const [head = [], , ...body] = rows;
  return body.flatMap((cells) =>
    head.flatMap((column, i): Bar[] => {
      const other = OTHERS[column];
      const found = /^([\d.]+) \(([\d.]+)-([\d.]+)\)$/.exec(cells[i] ?? '');
      if (other === undefined || found === null) return [];
      const [, ratio, low, high] = found.map(Number);
      const mode = cells[head.indexOf('mode')];
      return [
        {
          name: `${cells[0]}${mode === undefined || mode === 'trainOnBatch' ? '' : `, ${mode}`}`,
          other,
          speedup: 1 / ratio!,
          low: 1 / high!,
          high: 1 / low!,
        },
      ];
    }),
  );
}
