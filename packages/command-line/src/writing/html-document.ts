import { escapeHtml } from './escape-html.ts';

/** What an HTML file is made of. */
export interface HtmlDocument {
  /** Text. */
  readonly title: string;
  /** CSS. */
  readonly style: string;
  /** HTML. */
  readonly body: string;
}

/**
 * One HTML file that holds everything it shows: its policy lets it ask the network for nothing, run no program, and show no
 * picture but those that are written in it.
 */
export function htmlDocument({ title, style, body }: HtmlDocument): string {
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
${body}
</main>
</body>
</html>
`;
}
