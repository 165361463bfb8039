/**
 * A card for each expert: its share of the work and images that it had the main say in.
 */

import { escapeHtml } from '@tfjs-moe/command-line';
import { expertColor, expertName, percent } from 'app-frame';
import { PIXELS } from '../batches.ts';
import { pngAddress } from './png.ts';
import type { ExpertReport, ReportData } from './report-data.ts';

const SIDE = 28;
const PER_ROW = 8;

export function expertCards({ experts }: ReportData): string {
  return [
    '<section>',
    '<h2>What each expert looks at</h2>',
    '<p class="caption">Test images, drawn at random among those for which the expert had the largest weight.</p>',
    `<div class="cards">${experts.map(card).join('\n')}</div>`,
    '</section>',
  ].join('\n');
}

function card({ load, shareOfDigit, examples }: ExpertReport, expert: number): string {
  const name = expertName(expert);
  const digits = favourites(shareOfDigit).map((digit) => `${digit}s`);
  const takes = digits.length > 0 ? `, most of the ${digits.join(', ')}` : '';
  return [
    `<article class="card" style="--expert: ${expertColor(expert)}">`,
    `<h3><span class="chip"></span>${escapeHtml(name)}</h3>`,
    `<p>${percent(load, 1)} of the work${takes}</p>`,
    examples.length > 0 ? sheet(examples, name) : '<p class="muted">never had the largest weight</p>',
    '</article>',
  ].join('\n');
}

/** Digits of which at least half the images come here, most first. */
function favourites(shareOfDigit: readonly number[]): number[] {
  return shareOfDigit
    .map((share, digit) => ({ share, digit }))
    .filter(({ share }) => share >= 0.5)
    .sort((a, b) => b.share - a.share)
    .map(({ digit }) => digit);
}

/** All examples as one picture, so that a card is one address and not many. */
function sheet(examples: Uint8Array, name: string): string {
  const images = examples.length / PIXELS;
  const width = PER_ROW * SIDE;
  const height = Math.ceil(images / PER_ROW) * SIDE;
  const pixels = new Uint8Array(width * height);
  for (let image = 0; image < images; image++) {
    const left = (image % PER_ROW) * SIDE;
    const top = Math.floor(image / PER_ROW) * SIDE;
    for (let y = 0; y < SIDE; y++) {
      const start = image * PIXELS + y * SIDE;
      pixels.set(examples.subarray(start, start + SIDE), (top + y) * width + left);
    }
  }
  const alt = `${images} test images of ${name}`;
  return `<img src="${pngAddress(pixels, width, height)}" width="${width}" height="${height}" alt="${alt}">`;
}
