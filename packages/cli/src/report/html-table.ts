/**
 * A table as HTML, wider than a phone where it has to be.
 */
import { escapeHtml } from '@tfjs-moe/command-line';

/** Cells, or the heading of the rows that follow. */
export type HtmlRow = readonly (string | number)[] | { readonly group: string };

export function htmlTable(head: readonly string[], rows: readonly HtmlRow[]): string {
  const cells = (tag: string, row: readonly (string | number)[]) =>
    `<tr>${row.map((cell) => `<${tag}>${escapeHtml(String(cell))}</${tag}>`).join('')}</tr>`;
  const body = rows.map((row) =>
    'group' in row
      ? `<tr class="group"><th colspan="${head.length}" scope="rowgroup">${escapeHtml(row.group)}</th></tr>`
      : cells('td', row),
  );
  return `<div class="scroll"><table><thead>${cells('th', head)}</thead><tbody>${body.join('\n')}</tbody></table></div>`;
}
