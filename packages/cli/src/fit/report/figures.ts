/**
 * Which pictures the page of a fit has.
 */
import type { TableSample } from '@tfjs-moe/datasets';
import type { LeastSquaresFit, MaximumLikelihoodFit, ProfilePoint, Selection } from '@tfjs-moe/estimators';
import {
  calibrationPlot,
  criteriaPlot,
  expertsPlot,
  gatePlot,
  historyPlot,
  observedPlot,
  profilePlot,
  qqPlot,
  residualsPlot,
} from '@tfjs-moe/estimators/plots';
import type { Figure } from './figure.ts';

/** Of tables with more inputs, only the first have a picture. */
const MOST_INPUTS = 4;

type Fit = MaximumLikelihoodFit | LeastSquaresFit;

/** The mixture along every input. */
export function mixtureFigures(fit: Fit, sample: TableSample): Figure[] {
  const { inputNames, classNames } = sample;
  const isOne = inputNames.length === 1;
  const isClasses = classNames !== undefined;
  const curves = isClasses
    ? 'Class probabilities of the mixture, with the observed classes as ticks, and of every expert, strong where the gate listens to it.'
    : 'Curves are the experts, strong where the gate listens to them; dashed is the mixture. A dot has the colour of its likeliest expert.';
  const gate = fit.measure.experts === 1 ? '' : ' Below, the weights of the gate.';
  const others = isOne ? '' : ' The other inputs are at their medians, those of the observations are not.';
  return inputNames.slice(0, MOST_INPUTS).map((input) => ({
    title: isOne ? 'Experts and gate' : `Experts and gate along ${input}`,
    caption: `${curves}${gate}${others}`,
    pictures: [
      expertsPlot(fit, sample, { input, ...(classNames && { classNames }) }),
      ...(fit.measure.experts === 1 ? [] : [gatePlot(fit, sample, { input })]),
    ],
  }));
}

export function selectionFigure(selection: Selection): Figure {
  return {
    title: 'Number of experts',
    caption: 'Smaller is better. The ring is the fit that was taken; hollow dots did not converge.',
    pictures: [criteriaPlot(selection)],
  };
}

/** The likelihood along a number. */
export function profileFigure(
  { profile, value, points }: { profile: string; value: number; points: readonly ProfilePoint[] },
  level: number,
): Figure {
  return {
    title: profile,
    caption:
      'How far the likelihood falls along a number, all others fitted again: under the dotted line lies its interval. Dashed is what Wald’s interval takes for it.',
    pictures: [profilePlot({ text: profile, value, points }, { level })],
  };
}

/** How good the fit is. */
export function diagnosticFigures(fit: Fit, sample: TableSample): Figure[] {
  const isClasses = sample.classNames !== undefined;
  const isLikelihood = 'estimator' in fit;
  const residual = isLikelihood
    ? 'Quantile residuals are standard normal if the model is right, also where the mixture is not'
    : 'Residuals in units of the residual standard deviation';
  return [
    ...(isClasses || sample.inputNames.length === 1
      ? []
      : [
          {
            title: 'Observed against fitted',
            caption: 'On the dashed line both are equal.',
            pictures: [observedPlot(fit, sample)],
          },
        ]),
    {
      title: 'Residuals against fitted values',
      caption: `${residual}: an even band, 5 % of it beyond the dashed lines. The solid line is the mean of neighbours.`,
      pictures: [residualsPlot(fit, sample)],
    },
    {
      title: 'Normal quantiles',
      caption: 'Each point of a right model is in the band with probability 95 %.',
      pictures: [qqPlot(fit, sample)],
    },
    ...(isLikelihood
      ? [
          {
            title: 'Calibration',
            caption: isClasses
              ? 'Observed frequencies of all classes against their predicted probabilities, in bins with 95 % intervals.'
              : 'How often the response is in each tenth of its predicted distribution. The grey band holds 95 % of the bars of a right model.',
            pictures: [calibrationPlot(fit, sample)],
          },
        ]
      : []),
    {
      title: 'The search',
      caption: isLikelihood
        ? 'The log-likelihood after every iteration of the best start. EM never goes down; the last steps are Newton’s.'
        : 'The sum of squares after every step of the last stage.',
      pictures: [historyPlot(fit)],
    },
  ];
}
