/**
 * A plot in the page: drawn by Observable Plot on a document that lives in memory, with a heading and a caption.
 */
import { type PlotOptions, plot } from '@observablehq/plot';
import { escapeHtml } from '@tfjs-moe/command-line';
import { JSDOM } from 'jsdom';

export interface Figure {
  readonly title: string;
  /** What to see in it, as a sentence or two. */
  readonly caption: string;
  readonly options: PlotOptions;
}

/** Width in pixels from which a picture is too wide for a phone. */
const WIDE = 600;

/** A figure as HTML. Colours may be CSS variables of the page: the picture is part of it, not a file of its own. */
export function figure({ title, caption, options }: Figure): string {
  const { document } = new JSDOM('').window;
  const picture = plot({ ...options, document, style: { fontSize: '13px', ...styleOf(options) } });
  picture.setAttribute('role', 'img');
  picture.setAttribute('aria-label', `${title}. ${caption}`);
  return [
    '<figure>',
    `<h2>${escapeHtml(title)}</h2>`,
    // On a phone a wide picture is pushed sideways rather than made too small to read.
    `<div class="picture${(options.width ?? 0) > WIDE ? ' wide' : ''}">${picture.outerHTML}</div>`,
    `<figcaption>${escapeHtml(caption)}</figcaption>`,
    '</figure>',
  ].join('\n');
}

function styleOf({ style }: PlotOptions): object {
  return typeof style === 'object' && style !== null ? style : {};
}
