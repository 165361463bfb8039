import { count, htmlPage, particulars, percent } from 'app-frame';
import { digitsByExpert } from './digits-by-expert.ts';
import { expertCards } from './expert-cards.ts';
import { loadOverTime } from './load-over-time.ts';
import { lossCurves } from './loss-curves.ts';
import type { ReportData } from './report-data.ts';
import { comparison } from './tables.ts';
import { testAccuracy } from './test-accuracy.ts';
import { verdict } from './verdict.ts';

/** The whole page. */
export function reportPage(data: ReportData): string {
  return htmlPage({
    title: 'Digits by a mixture of experts',
    lead: [summary(data), verdict(data.networks)],
    notice: notice(data),
    sections: [
      comparison(data),
      `<div class="pair">\n${lossCurves(data)}\n${testAccuracy(data)}\n</div>`,
      loadOverTime(data),
      digitsByExpert(data),
      expertCards(data),
      particulars(data),
    ],
  });
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

function notice({ history }: ReportData): string | undefined {
  if (!history.interrupted) return undefined;
  const { steps, stepsPlanned } = history;
  return (
    `Training was interrupted after ${count(steps)} of ${count(stepsPlanned)} steps. ` +
    'Everything here is what had been learned by then.'
  );
}
