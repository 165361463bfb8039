/**
 * Pictures of fits, as options of Observable Plot: `plot(expertsPlot(fit, sample))` in a page, with `document` from jsdom in
 * Node. Options are plain data, so `plot({ ...gatePlot(fit, sample), width: 800 })` changes what one likes.
 */
export { calibrationPlot } from './calibration-plot.ts';
export { criteriaPlot } from './criteria-plot.ts';
export { type ExpertsPlotOptions, expertsPlot } from './experts-plot.ts';
export type { PlottedFit } from './fit.ts';
export { gatePlot } from './gate-plot.ts';
export { type HistoryPlotOptions, historyPlot } from './history-plot.ts';
export { observedPlot } from './observed-plot.ts';
export { type ProfilePlotOptions, profilePlot } from './profile-plot.ts';
export { type RateCurve, type RatePlotOptions, ratePlot } from './rate-plot.ts';
export { qqPlot, type ResidualsPlotOptions, residualsPlot } from './residuals-plot.ts';
export type { SliceOptions } from './slice.ts';
export { atomCoordinates, type VoronoiPlotOptions, voronoiPlot } from './voronoi-plot.ts';
