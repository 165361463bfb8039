/**
 * The report: one HTML file that holds everything it shows and asks the network for nothing.
 */

import { escapeHtml } from '@tfjs-moe/command-line';
import { count, percent } from '../format.ts';
import { digitsByExpert } from './digits-by-expert.ts';
import { expertCards } from './expert-cards.ts';
import { loadOverTime } from './load-over-time.ts';
import { lossCurves } from './loss-curves.ts';
import type { ReportData } from './report-data.ts';
import { style } from './style.ts';
import { comparison, particulars } from './tables.ts';
import { testAccuracy } from './test-accuracy.ts';
import { verdict } from './verdict.ts';

/** The whole page. */
export function reportPage(data: ReportData): string {
  const title = 'Digits by a mixture of experts';
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<title>${title}</title>
<style>${style}</style>
</head>
<body>
<main>
<header>
<h1>${title}</h1>
<p class="lead">${escapeHtml(summary(data))}</p>
<p class="lead">${escapeHtml(verdict(data.networks))}</p>
${notice(data)}
</header>
${comparison(data)}
<div class="pair">
${lossCurves(data)}
${testAccuracy(data)}
</div>
${loadOverTime(data)}
${digitsByExpert(data)}
${expertCards(data)}
${particulars(data)}
</main>
</body>
</html>
`;
}

function summary({ networks, experts, expertsPerImage }: ReportData): string {
  const { mixture, dense } = networks;
  return (
    `${experts.length} experts, of which ${expertsPerImage} look at each image, classify ` +
    `${percent(mixture.evaluation.accuracy)} of ${count(mixture.evaluation.size)} handwritten digits correctly that ` +
    `they never saw in training. A dense network that computes with as many parameters per image ` +
    `(${count(dense.activeParameters)} against ${count(mixture.activeParameters)}) reaches ` +
    `${percent(dense.evaluation.accuracy)}.`
  );
}

function notice({ history }: ReportData): string {
  if (!history.interrupted) return '';
  const { steps, stepsPlanned } = history;
  return (
    `<p class="notice">Training was interrupted after ${count(steps)} of ${count(stepsPlanned)} steps. ` +
    'Everything here is what had been learned by then.</p>'
  );
}
