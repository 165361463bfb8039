import { JSDOM } from 'jsdom';

/** What a picture's text is written with where no page says so, by day and by night. */
const INK =
  ':root { color: #1c1e21; font-family: system-ui, sans-serif } @media (prefers-color-scheme: dark) { :root { color: #e8e9ea } }';

/**
 * The picture of a figure as a file of its own, which READMEs show: it takes its colours from the reader's system, since no
 * page around it gives any. `label` is what it says to who cannot see it, where the picture says nothing itself.
 */
export function svgFile(figure: string, label?: string): string {
  const found = /<svg.*<\/svg>/s.exec(figure);
  if (found === null) throw new Error('docs: a figure without a picture');
  const { document } = new JSDOM(found[0]).window;
  const svg = document.querySelector('svg')!;
  // What fits it into a page, which there is none of here.
  for (const style of svg.querySelectorAll('style')) style.remove();
  svg.style.removeProperty('color');
  svg.setAttribute('role', 'img');
  if (label !== undefined) svg.setAttribute('aria-label', label);
  if (!svg.hasAttribute('aria-label'))
    throw new Error('docs: a picture that says nothing to who cannot see it');
  const own = document.createElementNS(svg.namespaceURI, 'style');
  own.textContent = INK;
  svg.prepend(own);
  svg.setAttribute('xmlns', svg.namespaceURI!);
  return `${svg.outerHTML}\n`;
}
