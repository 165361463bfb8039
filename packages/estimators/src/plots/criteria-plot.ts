import { dot, line, type PlotOptions, text } from '@observablehq/plot';
import { MoeError } from '@tfjs-moe/core';
import type { Selection } from '../choice/select-experts.ts';
import { frame, label, tick } from './frame.ts';
import { colourScale } from './palette.ts';

const CRITERIA = ['aic', 'bic', 'icl'] as const;

/**
 * criteriaPlot: AIC, BIC and ICL against the number of experts, as `selectExperts` found them. The chosen fit has a ring; a
 * fit that did not converge is hollow.
 */
export function criteriaPlot(selection: Selection): PlotOptions {
  const { candidates, best, criterion } = selection ?? {};
  if (!candidates?.length)
    throw new MoeError('criteriaPlot', 'the argument must come from selectExperts', selection);
  const points = CRITERIA.flatMap((key) =>
    candidates.map((candidate) => ({
      name: key.toUpperCase(),
      experts: candidate.experts,
      value: candidate[key],
      converged: candidate.fit.converged,
      chosen: candidate === best && key === criterion,
    })),
  );
  const at = { x: 'experts', y: 'value' } as const;
  return frame({
    marginLeft: 72,
    marginRight: 48,
    x: { label: 'experts', type: 'point', domain: candidates.map(({ experts }) => experts) },
    y: { label: 'criterion (smaller is better)', tickFormat: tick, grid: true, inset: 8 },
    color: colourScale(CRITERIA.map((key) => key.toUpperCase())),
    marks: [
      line(points, { ...at, stroke: 'name', strokeWidth: 1.5 }),
      dot(
        points.filter(({ converged }) => converged),
        { ...at, fill: 'name', r: 3.5 },
      ),
      dot(
        points.filter(({ converged }) => !converged),
        { ...at, stroke: 'name', fill: 'var(--plot-background)', r: 3.5 },
      ),
      dot(
        points.filter(({ chosen }) => chosen),
        { ...at, stroke: 'currentColor', r: 8, strokeWidth: 1.5 },
      ),
      // ICL is never below BIC, nor BIC below AIC: their names make room for one another.
      ...CRITERIA.map((key, i) =>
        text(
          points.filter(
            ({ experts, name }) => experts === candidates.at(-1)?.experts && name === key.toUpperCase(),
          ),
          { ...at, text: 'name', textAnchor: 'start', dx: 8, dy: 12 * (1 - i), ...label },
        ),
      ),
    ],
  });
}
