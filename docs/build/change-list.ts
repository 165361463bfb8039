/**
 * `::: changes` and `:::` in a page become what is new in every package: what waits for the next release, from the
 * changesets, and what each release brought, from the changelogs that they become.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { MarkdownRenderer } from 'vitepress';

const root = resolve(import.meta.dirname, '../..');

export function changeList(md: MarkdownRenderer): void {
  md.core.ruler.before('normalize', 'changes', (state) => {
    state.src = state.src.replace(/^::: changes\n:::$/m, () => changesOf(root));
  });
}

/** The list in Markdown, of the repository in a folder; the packages in the order of its README. */
export function changesOf(folder: string): string {
  const readme = readFileSync(join(folder, 'README.md'), 'utf8');
  const releases = new Map<string, string[]>();
  const add = (release: string, name: string, text: string) =>
    releases.set(release, [...(releases.get(release) ?? []), `### ${name}\n\n${text}`]);
  const rows = readme
    .split('\n')
    .filter((line) => line.startsWith('| ['))
    .join('\n');
  for (const [, name, path] of rows.matchAll(/\[`([@\w/-]+)`\]\((packages\/[\w-]+)\)/g)) {
    const waiting = waitingFor(folder, name!);
    if (waiting.length > 0) add('In the next release', name!, waiting.join('\n'));
    const changelog = join(folder, path!, 'CHANGELOG.md');
    if (!existsSync(changelog)) continue;
    for (const section of readFileSync(changelog, 'utf8').split(/^## /m).slice(1)) {
      const [version, ...lines] = section.split('\n');
      add(
        version!.trim(),
        name!,
        lines
          .join('\n')
          .replace(/^### .*\n/gm, '')
          .trim(),
      );
    }
  }
  return [...releases].map(([release, texts]) => [`## ${release}`, ...texts].join('\n\n')).join('\n\n');
}

/** What the changesets say of a package: those with a list of their own first. */
function waitingFor(folder: string, name: string): string[] {
  const sets = join(folder, '.changeset');
  return readdirSync(sets)
    .filter((file) => file.endsWith('.md') && file !== 'README.md')
    .map((file) => /^---\n(.*?)\n---\n(.*)$/s.exec(readFileSync(join(sets, file), 'utf8'))!)
    .filter(([, packages]) =>
      packages!.split('\n').some((line) => line.replace(/['"]/g, '').startsWith(`${name}:`)),
    )
    .map(([, , text]) => text!.trim())
    .sort((a, b) => Number(b.includes('\n')) - Number(a.includes('\n')))
    .map((text) => (text.includes('\n') ? `${text}\n` : `- ${text}`));
}
