/**
 * The page of `moe fit --plot`: pictures, tables and what the terminal shows.
 */

import { escapeHtml } from '@tfjs-moe/command-line';
import type { TableSample } from '@tfjs-moe/datasets';
import {
  type ErrorKind,
  type LeastSquaresFit,
  type MaximumLikelihoodFit,
  type Selection,
  summary,
} from '@tfjs-moe/estimators';
import { htmlPage } from '../../report/html-page.ts';
import type { ProfileCurveResult } from '../profile-curves.ts';
import { type ProfileResult, profileHtml } from '../profiles.ts';
import { coefficientTables } from './coefficient-tables.ts';
import { type Figure, figureHtml } from './figure.ts';
import { diagnosticFigures, mixtureFigures, profileFigure, selectionFigure } from './figures.ts';

export interface FitReport {
  readonly fit: MaximumLikelihoodFit | LeastSquaresFit;
  readonly sample: TableSample;
  /** What the terminal shows. */
  readonly text: string;
  /** As written by the user. */
  readonly file: string;
  readonly errors: ErrorKind;
  /** Of the intervals in the tables. Default 0.95. */
  readonly level?: number | undefined;
  readonly selection?: Selection | undefined;
  /** Intervals by the likelihood ratio, where they are asked for. */
  readonly profiles?: readonly ProfileResult[] | undefined;
  /** Its curves, likewise. */
  readonly curves?: readonly ProfileCurveResult[] | undefined;
}

export function fitPage(report: FitReport): string {
  const { fit, sample, text, file, errors, level = 0.95, selection, profiles, curves } = report;
  const title = `${sample.responseName} of ${sample.inputNames.join(', ')}`;
  const about = 'estimator' in fit ? likelihoodParts(fit, errors, level) : squaresParts(fit);
  const notices = [
    ...(fit.converged ? [] : ['This fit did not converge: its numbers are where the search ended.']),
    ...about.notices,
  ];
  return htmlPage(
    title,
    [
      `<h1>${escapeHtml(title)}</h1>`,
      ...about.lead.map((line) => `<p class="lead">${escapeHtml(line)}</p>`),
      ...notices.map((notice) => `<p class="notice" role="alert">${escapeHtml(notice)}</p>`),
      section('The mixture', figures(mixtureFigures(fit, sample))),
      ...(about.tables === undefined ? [] : [section('Estimates', about.tables)]),
      ...(profiles === undefined
        ? []
        : [section('Profile likelihood intervals', profileHtml(profiles, level))]),
      ...(curves === undefined ? [] : [section('Profiles', profilePictures(curves, level))]),
      ...(selection === undefined ? [] : [section('Choice', figures([selectionFigure(selection)]))]),
      section('Does it fit?', figures(diagnosticFigures(fit, sample))),
      section('As text', `<pre>${escapeHtml(text)}</pre>`),
      `<footer><p>${escapeHtml(file)}, fitted by moe fit.</p></footer>`,
    ].join('\n'),
  );
}

interface Parts {
  readonly lead: readonly string[];
  readonly notices: readonly string[];
  /** HTML. */
  readonly tables?: string;
}

function likelihoodParts(fit: MaximumLikelihoodFit, errors: ErrorKind, level: number): Parts {
  const about = summary(fit, { errors, level });
  const [logLikelihood, ...criteria] = [about.logLikelihood, about.aic, about.bic, about.icl].map((value) =>
    value.toFixed(3).replace('-', '−'),
  );
  const [aic, bic, icl] = criteria;
  return {
    lead: [
      `${about.title}; n = ${fit.n}.`,
      `Log-likelihood ${logLikelihood} with ${about.degreesOfFreedom} degrees of freedom; AIC ${aic}, BIC ${bic}, ICL ${icl}.`,
    ],
    notices: fit.warnings.map(
      ({ reason, text, remedy }) => `${reason}: ${text}${remedy === undefined ? '' : `. ${remedy}`}`,
    ),
    tables: coefficientTables(about),
  };
}

function squaresParts(fit: LeastSquaresFit): Parts {
  const { measure, atBounds, sigma2, fitted, effectiveExperts } = fit;
  const { experts, expert, gate } = measure;
  return {
    lead: [
      `Mixture of ${experts} ${expert.kind} experts, ${gate.kind} gate, least squares; n = ${fitted.length}.`,
      `Residual standard deviation ${Math.sqrt(sigma2).toPrecision(5)}.`,
    ],
    notices: [
      ...(effectiveExperts < experts ? [`Only ${effectiveExperts} of the ${experts} experts differ.`] : []),
      ...(atBounds.length > 0 ? [`At an end of the parameter space: ${atBounds.join(', ')}.`] : []),
    ],
  };
}

/** A picture of every curve that there is, and why there is none of the others. */
function profilePictures(curves: readonly ProfileCurveResult[], level: number): string {
  const drawn = curves.flatMap((curve) => ('refused' in curve ? [] : [profileFigure(curve, level)]));
  const refused = curves.flatMap((curve) =>
    'refused' in curve ? [`<p>${escapeHtml(`${curve.profile}: ${curve.refused}`)}</p>`] : [],
  );
  return [...(drawn.length === 0 ? [] : [figures(drawn)]), ...refused].join('\n');
}

function section(title: string, html: string): string {
  return `<section>\n<h2>${escapeHtml(title)}</h2>\n${html}\n</section>`;
}

function figures(all: readonly Figure[]): string {
  return `<div class="figures">\n${all.map(figureHtml).join('\n')}\n</div>`;
}
