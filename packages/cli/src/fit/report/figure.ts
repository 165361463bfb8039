/**
 * Pictures in the page of a fit: drawn by Observable Plot on a document that lives in memory, with heading and caption.
 */
import { type PlotOptions, plot } from '@observablehq/plot';
import { escapeHtml } from '@tfjs-moe/command-line';
import { JSDOM } from 'jsdom';

export interface Figure {
  readonly title: string;
  /** What to see in it. */
  readonly caption: string;
  /** One above the other. */
  readonly pictures: readonly PlotOptions[];
}

export function figureHtml({ title, caption, pictures }: Figure): string {
  const { document } = new JSDOM('').window;
  const drawn = pictures.map((options, i) => {
    const picture = plot({ ...options, document });
    picture.setAttribute('role', 'img');
    picture.setAttribute('aria-label', i === 0 ? `${title}. ${caption}` : `${title}, continued`);
    return picture.outerHTML;
  });
  return [
    '<figure>',
    `<h3>${escapeHtml(title)}</h3>`,
    ...drawn,
    `<figcaption>${escapeHtml(caption)}</figcaption>`,
    '</figure>',
  ].join('\n');
}
