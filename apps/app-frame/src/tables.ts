import { escapeHtml } from '@tfjs-moe/command-line';

/** Names and values. */
export type Pairs = readonly (readonly [name: string, value: string])[];

/** A table whose first column names the rows. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [
    '<div class="scroll"><table>',
    `<thead><tr>${head.map((cell) => `<th scope="col">${escapeHtml(cell)}</th>`).join('')}</tr></thead>`,
    `<tbody>${rows.map(tableRow).join('\n')}</tbody>`,
    '</table></div>',
  ].join('\n');
}

function tableRow([label = '', ...cells]: readonly string[]): string {
  const numbers = cells.map((cell) => `<td>${escapeHtml(cell)}</td>`).join('');
  return `<tr><th scope="row">${escapeHtml(label)}</th>${numbers}</tr>`;
}

/** Settings, versions, and the command. */
export function particulars(run: {
  readonly settings: Pairs;
  readonly versions: Pairs;
  readonly command: string;
}): string {
  const { settings, versions, command } = run;
  return [
    '<section>',
    '<h2>How to repeat this run</h2>',
    `<pre><code>${words(command)}</code></pre>`,
    '<div class="particulars">',
    descriptions('Settings', settings),
    descriptions('Versions', versions),
    '</div>',
    '</section>',
  ].join('\n');
}

/** Lines break between options, never inside one that fits. */
function words(command: string): string {
  return command
    .split(' ')
    .map((word) => `<span>${escapeHtml(word)}</span>`)
    .join(' ');
}

function descriptions(title: string, pairs: Pairs): string {
  const rows = pairs.map(([name, value]) => `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd>`);
  return `<div><h3>${escapeHtml(title)}</h3><dl>${rows.join('\n')}</dl></div>`;
}
