/**
 * Formulas between dollar signs, set by KaTeX while the site is built. A formula that KaTeX does not understand stops the
 * build.
 */
import { katex } from '@mdit/plugin-katex';
import type { MarkdownRenderer } from 'vitepress';

export function formulas(md: MarkdownRenderer): void {
  // The plugin is typed for a newer markdown-it than VitePress's.
  md.use(katex as unknown as (md: MarkdownRenderer, options: object) => void, {
    logger: (problem: string) => (problem === 'newLineInDisplayMode' ? 'ignore' : 'error'),
    transformer(html: string) {
      if (html.includes('katex-error')) throw new Error(`formulas: ${html}`);
      // Vue must not read the braces of TeX as its own.
      return html.replace('<span class="katex', '<span v-pre class="katex');
    },
  });
}
