/**
 * What the table of experts by digits counts. A sparse gate sends an image to some experts, so images are counted; a
 * dense gate sends every image to all of them, so only their weights tell the experts apart.
 */
import type { ReportData } from './report-data.ts';

/** Whether every expert sees every image. */
export function isDense({
  experts,
  expertsPerImage,
}: Pick<ReportData, 'experts' | 'expertsPerImage'>): boolean {
  return experts.length === expertsPerImage;
}

/** One sentence for the numbers, without its full stop. */
export function shareMeaning(report: Pick<ReportData, 'experts' | 'expertsPerImage'>): string {
  return isDense(report)
    ? 'Of every 100 parts of weight that the test images of a digit give, how many each expert has'
    : 'Of every 100 test images of a digit, how many each expert was sent';
}
