import { escapeHtml, htmlDocument } from '@tfjs-moe/command-line';
import { style } from './style.ts';

/** A report: what it says first, then its sections. */
export interface Page {
  readonly title: string;
  /** Sentences at the top, as text. */
  readonly lead: readonly string[];
  /** What a reader must know before anything else, as text. */
  readonly notice?: string | undefined;
  /** HTML. */
  readonly sections: readonly string[];
}

/** One HTML file that holds everything it shows and asks the network for nothing. */
export function htmlPage({ title, lead, notice, sections }: Page): string {
  const head = [
    `<h1>${escapeHtml(title)}</h1>`,
    ...lead.map((text) => `<p class="lead">${escapeHtml(text)}</p>`),
    ...(notice === undefined ? [] : [`<p class="notice">${escapeHtml(notice)}</p>`]),
  ].join('\n');
  return htmlDocument({
    title,
    style,
    pictures: true,
    body: `<header>\n${head}\n</header>\n${sections.join('\n')}`,
  });
}
