/**
 * Pictures of what theory says, as options of Observable Plot: `plot(reportCardPlot(card))` in a page, with `document` from
 * jsdom in Node. Options are plain data, so `plot({ ...reportCardPlot(card), width: 800 })` changes what one likes.
 */
export { reportCardPlot } from './report-card-plot.ts';
