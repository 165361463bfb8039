/** What a picture's text is written with where no page says so, by day and by night. */
const INK =
  ':root { color: #1c1e21; font-family: system-ui, sans-serif } @media (prefers-color-scheme: dark) { :root { color: #e8e9ea } }';

/**
 * The picture of a figure as a file of its own, which READMEs show: it takes its colours from the reader's system, since no
 * page around it gives any.
 */
export function svgFile(figure: string): string {
  const svg = /<svg.*<\/svg>/s.exec(figure);
  if (svg === null) throw new Error('docs: a figure without a picture');
  const named = svg[0].includes('xmlns=')
    ? svg[0]
    : svg[0].replace('<svg', '<svg xmlns="http://www.w3.org/2000/svg"');
  // Of the page around it, which there is none of here.
  const own = named.replace(/color: currentcolor;? ?/i, '');
  return `${own.replace(/(<svg[^>]*>)/, `$1<style>${INK}</style>`)}\n`;
}
