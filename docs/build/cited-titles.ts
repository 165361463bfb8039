/**
 * A title in italics that the bibliography knows becomes a link to the paper, as does an arXiv identifier: pages and
 * comments only name their sources.
 */
import type { MarkdownRenderer } from 'vitepress';
import { addressOf, referenceOf } from '../references/bibliography.ts';

type Token = ReturnType<MarkdownRenderer['parse']>[number];

const IDENTIFIER = /arXiv[: ](\d{4}\.\d{4,5})/g;

export function citedTitles(md: MarkdownRenderer): void {
  md.core.ruler.push('cited-titles', (state) => {
    for (const block of state.tokens) {
      if (block.type === 'inline' && block.children) block.children = linked(block.children, state.Token);
    }
  });
}

function linked(
  tokens: Token[],
  make: new (type: string, tag: string, nesting: -1 | 0 | 1) => Token,
): Token[] {
  const out: Token[] = [];
  const open = (href: string) => {
    const token = new make('link_open', 'a', 1);
    token.attrs = [
      ['href', href],
      ['target', '_blank'],
      ['rel', 'noreferrer'],
    ];
    return token;
  };
  let depth = 0;
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i]!;
    if (token.type === 'link_open') depth++;
    if (token.type === 'link_close') depth--;
    const [text, end] = [tokens[i + 1], tokens[i + 2]];
    const isTitle =
      depth === 0 && token.type === 'em_open' && text?.type === 'text' && end?.type === 'em_close';
    const reference = isTitle ? referenceOf(text.content) : undefined;
    if (reference !== undefined) {
      out.push(token, open(addressOf(reference)), text!, new make('link_close', 'a', -1), end!);
      i += 2;
    } else if (depth === 0 && token.type === 'text' && token.content.match(IDENTIFIER)) {
      let from = 0;
      const plain = (content: string) => {
        if (content === '') return;
        const piece = new make('text', '', 0);
        piece.content = content;
        out.push(piece);
      };
      for (const found of token.content.matchAll(IDENTIFIER)) {
        plain(token.content.slice(from, found.index));
        out.push(open(`https://arxiv.org/abs/${found[1]}`));
        plain(found[0]);
        out.push(new make('link_close', 'a', -1));
        from = found.index + found[0].length;
      }
      plain(token.content.slice(from));
    } else out.push(token);
  }
  return out;
}
