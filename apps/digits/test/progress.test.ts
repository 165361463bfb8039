import { expect, test } from 'vitest';
import { averageSteps } from '../src/history.ts';
import { progressOn, type Standing } from '../src/progress.ts';

const recent = averageSteps(
  [
    {
      images: 1,
      scores: { mixture: { loss: 0.5, accuracy: 0.9 }, dense: { loss: 0.25, accuracy: 0.8 } },
      load: [1],
    },
  ],
  1,
);

function standings(steps: number): Standing[] {
  return Array.from({ length: steps }, (_, i) => ({
    epoch: i < steps / 2 ? 1 : 2,
    epochs: 2,
    step: i + 1,
    steps,
    recent,
    imagesPerSecond: 1234.5,
    secondsLeft: 61,
  }));
}

/** Everything that a terminal is sent. */
function written(isTTY: boolean, columns: number, steps: number): string {
  let text = '';
  const terminal = { isTTY, columns, write: (part: string) => (text += part) };
  const progress = progressOn(terminal);
  for (const standing of standings(steps)) progress.step(standing);
  progress.epoch({ epoch: 2, seen: 9, accuracy: { mixture: 0.975, dense: 0.97 } });
  progress.stop();
  progress.stop();
  return text;
}

test('without a terminal there are four plain lines per epoch, and one at its end', () => {
  const lines = written(false, 80, 1_000).trimEnd().split('\n');
  expect(lines.length).toBe(2 * 4 + 1);
  expect(lines[0]).toBe(
    'epoch 1/2   13 %  loss 0.500 accuracy 90.0 % (dense 0.250, 80.0 %)  1,235/s 1:01 left',
  );
  expect(lines.at(-1)).toBe('epoch 2  test accuracy 97.50 %, dense 97.00 %');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be there
  expect(lines.join('')).not.toMatch(/\u001b/);
});

test('few steps give few lines', () => {
  expect(written(false, 80, 3).trimEnd().split('\n').length).toBe(3 + 1);
});

test('on a terminal there is one bar, and the cursor comes back', () => {
  const text = written(true, 120, 1_000);
  expect(text).toContain('epoch 1/2 ░');
  expect(text).toContain('loss 0.500 accuracy 90.0 % (dense 0.250, 80.0 %)');
  expect(text.lastIndexOf('\u001b[?25h')).toBeGreaterThan(text.lastIndexOf('\u001b[?25l'));
});
