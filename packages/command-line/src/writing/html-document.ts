import { escapeHtml } from './escape-html.ts';

/** What an HTML file is made of. */
export interface HtmlDocument {
  /** Text. */
  readonly title: string;
  /** CSS. */
  readonly style: string;
  /** HTML. */
  readonly body: string;
  /** Whether pictures are written in it, as `data:` addresses (default: no, and then none is shown). */
  readonly pictures?: boolean;
}

/**
 * One HTML file that holds everything it shows: its policy lets it ask the network for nothing, run no program, and show no
 * picture but those that it says are written in it.
 */
export function htmlDocument({ title, style, body, pictures = false }: HtmlDocument): string {
  const images = pictures ? '; img-src data:' : '';
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'${images}">
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
