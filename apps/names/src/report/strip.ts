import { escapeHtml } from '@tfjs-moe/command-line';
import type { RoutedModel } from '@tfjs-moe/transformer';
import { expertColor } from 'app-frame';
import { type Corpus, heldOutRows } from '../corpus.ts';

/** Characters of a row that are shown. */
const SHOWN = 26;

/** A strip of each language: its characters, and below each, layer by layer, the expert that has the most say. */
export function strip(
  { trace }: RoutedModel,
  corpus: Corpus,
  { judged, length }: { readonly judged: number; readonly length: number },
): string {
  const { characters } = heldOutRows(corpus, judged, length);
  const rows = corpus.languages.map(({ name }, language) => {
    const row = language * judged;
    const columns = Array.from({ length: Math.min(SHOWN, length) }, (_, at) => {
      const number = characters[row * (length + 1) + at]!;
      const experts = trace.map(({ choices }) => choices[row * length + at]![0]!);
      const shown = number === 0 ? '·' : corpus.characters[number]!;
      const bars = experts.map((expert) => `<i style="background:${expertColor(expert)}">${expert + 1}</i>`);
      // An accent alone stands on a circle; direction is left to right so that columns keep their order.
      return `<b><bdo dir="ltr">${escapeHtml(/^\p{M}/u.test(shown) ? `◌${shown}` : shown)}</bdo>${bars.join('')}</b>`;
    });
    return `<tr><th scope="row">${escapeHtml(name)}</th><td class="strip">${columns.join('')}</td></tr>`;
  });
  return [
    '<section><h2>Which expert takes which character</h2>',
    '<style>.strip{text-align:left;white-space:nowrap}.strip b{display:inline-block;width:1.5em;text-align:center;font-weight:400}',
    '.strip i{display:block;font:600 10px/1.5 system-ui;color:#fff;text-shadow:0 0 2px #000}</style>',
    `<div class="scroll"><table><tbody>${rows.join('\n')}</tbody></table></div>`,
    '<p class="caption">The first held-out words of every language, in the order in which they are read; the dot is the ',
    'end of a word. Below each character its first expert, one line for each layer.</p></section>',
  ].join('\n');
}
