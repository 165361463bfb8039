/**
 * The tables of the report: how the networks compare, and what would repeat the run.
 */

import { escapeHtml } from '@tfjs-moe/command-line';
import { count, duration, percent } from '../format.ts';
import { networkNames } from '../history.ts';
import type { ReportData } from './report-data.ts';

/** Both networks, a row each. */
export function comparison({ networks, history }: ReportData): string {
  const head = [
    'network',
    'test accuracy',
    'wrong',
    'test loss',
    'active parameters',
    'total parameters',
    'training time',
    'images / s',
  ];
  const rows = networkNames.map((name) => {
    const { label, activeParameters, totalParameters, evaluation } = networks[name];
    return [
      label,
      percent(evaluation.accuracy),
      count(evaluation.size - evaluation.right),
      evaluation.loss.toFixed(4),
      count(activeParameters),
      count(totalParameters),
      duration(history.seconds[name]),
      count(history.seen / history.seconds[name]),
    ];
  });
  return [
    '<div class="scroll"><table>',
    `<thead><tr>${head.map((cell) => `<th scope="col">${escapeHtml(cell)}</th>`).join('')}</tr></thead>`,
    `<tbody>${rows.map(networkRow).join('\n')}</tbody>`,
    '</table></div>',
  ].join('\n');
}

function networkRow([label = '', ...cells]: string[]): string {
  const numbers = cells.map((cell) => `<td>${escapeHtml(cell)}</td>`).join('');
  return `<tr><th scope="row">${escapeHtml(label)}</th>${numbers}</tr>`;
}

/** Settings, versions, and the command. */
export function particulars({ settings, versions, command }: ReportData): string {
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

function descriptions(title: string, pairs: ReportData['settings']): string {
  const rows = pairs.map(([name, value]) => `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd>`);
  return `<div><h3>${escapeHtml(title)}</h3><dl>${rows.join('\n')}</dl></div>`;
}
