/** What is said of a page outside it: in search engines, in previews of links, in llms.txt. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { HeadConfig } from 'vitepress';

const docs = resolve(import.meta.dirname, '..');

/** Where the site is published. */
export const HOME: string = process.env.DOCS_HOME ?? 'https://tfjs-moe.github.io/tfjs-moe/';

/** `guide/speed.md` -> `guide/speed`, `studies/index.md` -> `studies/`. */
export function addressOf(page: string): string {
  return page.replace(/(^|\/)index\.md$/, '$1').replace(/\.md$/, '');
}

/** The first words of a page that are a sentence, without marks of Markdown or of TeX. */
export function descriptionOf(page: string, source: string = readFileSync(join(docs, page), 'utf8')): string {
  const [, front = ''] = /^---\n(.*?)^---\n/ms.exec(source) ?? [];
  const [, given] = /^(?:description| {2}tagline): (.*)$/m.exec(front) ?? [];
  if (given !== undefined) return given.replace(/^(['"])(.*)\1$/, '$2');
  const body = source
    .replace(/^---\n.*?^---\n/ms, '')
    .replace(/<script\b.*?<\/script>|<style\b.*?<\/style>|<!--.*?-->/gs, '')
    .replace(/^(```|\$\$|:::).*?^\1$/gms, '');
  const paragraph =
    body
      .split(/\n{2,}/)
      .map((each) => each.trim())
      .find((each) => /^[\p{L}\d$`*[_"“]/u.test(each) && /\p{L}{3}/u.test(each) && !each.startsWith('|')) ??
    '';
  const text = words(paragraph) || `${titleOf(source)}, in the reference of tfjs-moe.`;
  if (text.length <= 160) return text;
  const cut = text.slice(0, 158);
  const sentence = cut.lastIndexOf('. ');
  return sentence > 60 ? cut.slice(0, sentence + 1) : `${cut.slice(0, cut.lastIndexOf(' '))} …`;
}

/** The heading of a page, or the title of one without. */
export function titleOf(source: string): string {
  const [, title = 'tfjs-moe'] = /^---\n(?:.*\n)*?title: (.*)$/m.exec(source) ?? [];
  const [, heading = title] = /^# (.*)$/m.exec(source) ?? [];
  return words(heading.replace(/\s*\{#.*\}$/, ''));
}

function words(markdown: string): string {
  return markdown
    .replace(/\{\{.*?\}\}/g, 'many')
    .replace(/<[^>]*>/g, '')
    .replace(/!?\[([^\]]*)\]\([^)]*\)(\{[^}]*\})?/g, '$1')
    .replace(/\$([^$]*)\$/g, (_, tex: string) => tex.replace(/\\[a-z]+|[{}\\]/gi, '').trim())
    .replace(/[`*]/g, '')
    .replace(/\s+/g, ' ')
    .trim();
}

/** Canonical address and preview of a page. */
export function headOf(page: string, title: string, description: string): HeadConfig[] {
  const url = HOME + addressOf(page);
  const og = (name: string, content: string): HeadConfig => ['meta', { property: `og:${name}`, content }];
  return [
    ['link', { rel: 'canonical', href: url }],
    og('type', 'website'),
    og('site_name', 'tfjs-moe'),
    og('title', title),
    og('description', description),
    og('url', url),
    og('image', `${HOME}preview.png`),
    og('image:width', '1200'),
    og('image:height', '630'),
    og('image:alt', 'Eight experts share a spiral: each colours the region that it is asked for'),
    ['meta', { name: 'twitter:card', content: 'summary_large_image' }],
  ];
}
