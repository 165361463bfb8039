/**
 * Pictures of routings, as options of Observable Plot: `plot(choicesPlot(trace))` in a page, with `document` from jsdom in
 * Node. Options are plain data, so `plot({ ...loadPlot(history), width: 800 })` changes what one likes.
 */
export { type ChoicesPlotOptions, choicesPlot } from './choices-plot.ts';
export { coActivationPlot } from './co-activation-plot.ts';
export { type LoadAt, loadPlot } from './load-plot.ts';
export { marginsPlot } from './margins-plot.ts';
export { type CheckpointTrace, saturationPlot } from './saturation-plot.ts';
export { specialisationPlot } from './specialisation-plot.ts';
