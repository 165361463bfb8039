import { escapeHtml } from '@tfjs-moe/command-line';
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
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body>
<main>
<header>
<h1>${escapeHtml(title)}</h1>
${lead.map((text) => `<p class="lead">${escapeHtml(text)}</p>`).join('\n')}
${notice === undefined ? '' : `<p class="notice">${escapeHtml(notice)}</p>`}
</header>
${sections.join('\n')}
</main>
</body>
</html>
`;
}
