/**
 * The search of the site answers questions: those that a page answers are indexed with it, guides come before the reference
 * and the reference before the API, and words that every question has do not count.
 */
import type { DefaultTheme, MarkdownEnv, MarkdownRenderer } from 'vitepress';
import { questionsOf } from './questions.ts';

/** A piece of a page that can be found. */
export interface Section {
  readonly anchor: string;
  readonly titles: readonly string[];
  readonly text: string;
}

const MARK = 'data-questions';

/** The page as it is indexed: what it answers stands below its title. */
function indexed(source: string, env: MarkdownEnv, md: MarkdownRenderer): string {
  const html = md.render(source, env);
  if (env.frontmatter?.search === false) return '';
  const questions = questionsOf(env.relativePath.replace(/\.md$/, ''));
  if (questions.length === 0) return html;
  // Twice, since what a page answers says more of it than how it begins.
  const said = `<p ${MARK}>${questions.join('. ')}.</p>`.repeat(2);
  if (html.includes('</h1>')) return html.replace('</h1>', `</h1>${said}`);
  // A page whose heading is a component's.
  const title = env.frontmatter?.title ?? env.relativePath;
  return `<h1 id="top">${title} <a class="header-anchor" href="#top"></a></h1>${said}${html}`;
}

/** Headings of the API that are the same under everything: what they hold belongs to what stands above them. */
const FURNITURE = new Set(
  'Properties Parameters Returns Throws Extends Methods Accessors Constructors Example Examples'
    .split(' ')
    .concat('Type Parameters', 'Type Declaration', 'Implements', 'Inherited from', 'Overrides', 'Functions')
    .concat('Variables', 'Interfaces', 'Type Aliases', 'Classes', 'Remarks'),
);

const HEADING = /<h([1-6])[^>]*?>(.*?)<a[^>]*? href="#([^"]*)"[^>]*>.*?<\/a><\/h\1>/gs;

/** The sections of a page, in its order. */
export function sectionsOf(html: string): Section[] {
  const sections: { anchor: string; titles: string[]; text: string }[] = [];
  const found = [...html.matchAll(HEADING)];
  let above: string[] = [];
  for (const [i, heading] of found.entries()) {
    const level = Number(heading[1]) - 1;
    const title = plain(heading[2]!).trim();
    const body = html.slice(heading.index + heading[0].length, found[i + 1]?.index);
    const text = plain(body.replace(/<(script|style)\b.*?<\/\1>/gs, '')).trim();
    const last = sections.at(-1);
    if (FURNITURE.has(title) && last !== undefined) {
      last.text += ` ${text}`;
      continue;
    }
    above = [...above.slice(0, level), title];
    sections.push({ anchor: heading[3]!, titles: above.filter(Boolean), text });
  }
  return sections;
}

function plain(html: string): string {
  return html.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');
}

// Both functions travel to the browser as text: nothing outside them is there.

/** A word as it is looked for, or nothing where it says nothing. */
export function termOf(term: string): string | null {
  const word = term.toLowerCase().replace(/^['"“”(]+|['"“”).,:;?!]+$/g, '');
  const empty =
    ' a an and are as at be by can do does for from how i if in into is it me my of on or that the there to what when where why will with you your which should get use using have has this between not nothing ';
  return word === '' || empty.includes(` ${word} `) ? null : word;
}

/** How much a find is worth by where it is. */
export function worthOf(id: string, _term: string, stored?: Record<string, unknown>): number {
  const titles = (stored?.titles ?? []) as readonly string[];
  const isPage = titles.length === 0;
  if (id.includes('/api/')) return isPage ? 0.1 : 0.2;
  const kind = /\/(guide|playground|references|architecture)/.test(id) ? 3 : 2;
  return isPage ? 2 * kind : kind;
}

export const search: NonNullable<DefaultTheme.Config['search']> = {
  provider: 'local',
  options: {
    // VitePress types two versions of markdown-it.
    _render: indexed as never,
    miniSearch: {
      _splitIntoSections: (_path: string, html: string) => sectionsOf(html) as never,
      options: { processTerm: termOf },
      searchOptions: {
        fuzzy: 0.2,
        prefix: true,
        boost: { title: 4, text: 2, titles: 1 },
        boostDocument: worthOf,
      },
    },
  },
};
