/**
 * The report of a study: one HTML file that holds everything it shows and asks the network for nothing.
 */
import type { Results } from '../results-file.ts';
import type { Study } from '../study.ts';
import { armColour, ratePlot } from './rate-plot.ts';
import { style } from './style.ts';
import type { Curve } from './summarise.ts';
import { slopeSentence } from './table.ts';

export function reportPage({ header }: Results, curves: readonly Curve[]): string {
  const study = header.config as Study;
  const losses = [...new Set(curves.map(({ loss }) => loss))];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(study.title)}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${escapeHtml(study.title)}</h1>
${(study.about ?? '')
  .split(/\n{2,}/)
  .filter(Boolean)
  .map((paragraph) => `<p>${escapeHtml(paragraph)}</p>`)
  .join('\n')}
${losses
  .map((loss) =>
    section(
      loss,
      curves.filter((curve) => curve.loss === loss),
    ),
  )
  .join('\n')}
<footer>
<p>Study ${escapeHtml(header.study)}, configuration ${header.fingerprint}, seed ${study.seed}, ${study.replicates} samples per size.
Bands are quartiles; intervals of slopes are 95 % percentiles of a bootstrap over samples.</p>
</footer>
</main>
</body>
</html>
`;
}

function section(loss: string, curves: readonly Curve[]): string {
  return `<section>
<h2>${escapeHtml(loss)}</h2>
<ul class="legend">
${curves.map((curve, i) => `<li><i style="background:${armColour(i)}"></i><b>${escapeHtml(curve.arm)}</b>: ${escapeHtml(slopeSentence(curve))}</li>`).join('\n')}
</ul>
<figure>${ratePlot(loss, curves)}</figure>
<div class="scroll">${table(curves)}</div>
</section>`;
}

function table(curves: readonly Curve[]): string {
  const head = ['arm', 'n', 'median', '25 %', '75 %', 'fits', 'failed', 'not converged'];
  const rows = curves.flatMap(({ arm, points }) =>
    points.map(({ n, median, low, high, fits, failed, unconverged }) => [
      arm,
      n,
      ...[median, low, high].map((value) => value.toPrecision(3)),
      fits,
      failed,
      unconverged,
    ]),
  );
  const cells = (tag: string, row: readonly (string | number)[]) =>
    `<tr>${row.map((cell) => `<${tag}>${escapeHtml(String(cell))}</${tag}>`).join('')}</tr>`;
  return `<table><thead>${cells('th', head)}</thead><tbody>${rows.map((row) => cells('td', row)).join('\n')}</tbody></table>`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
