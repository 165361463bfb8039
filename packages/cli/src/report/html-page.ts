import { htmlDocument } from '@tfjs-moe/command-line';
import { style } from './style.ts';

/**
 * A page in the look of reports.
 * @param body HTML
 */
export function htmlPage(title: string, body: string): string {
  return htmlDocument({ title, style, body });
}
