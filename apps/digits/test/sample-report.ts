/**
 * A made-up run for the tests of the report, with everything that a real one has.
 */
import { stream } from '@tfjs-moe/core';
import { DIGITS, PIXELS } from '../src/batches.ts';
import type { History, Point } from '../src/history.ts';
import type { ExpertReport, ReportData } from '../src/report/report-data.ts';

/** A run with so many experts, of which the last one is never used. */
export function sampleReport(experts = 8, changes: Partial<History> = {}): ReportData {
  const draw = stream(5, 'sample report', experts);
  const points = Array.from({ length: 60 }, (_, i) => point(i, experts, draw.uniform));
  const end = { seen: 60_000, accuracy: { mixture: 0.9712, dense: 0.9633 } };
  return {
    history: {
      points,
      epochs: [
        { ...end, epoch: 1 },
        { ...end, epoch: 2, accuracy: { mixture: 0.9768, dense: 0.9701 } },
      ],
      seconds: { mixture: 31.4, dense: 18.2 },
      steps: 938,
      stepsPlanned: 938,
      seen: 120_000,
      interrupted: false,
      ...changes,
    },
    networks: {
      mixture: network('mixture', 117_130, 430_106, 0.9768),
      dense: network('dense', 116_950, 116_950, 0.9701),
    },
    experts: Array.from({ length: experts }, (_, expert) => expertReport(expert, experts, draw.uniform)),
    expertsPerImage: 2,
    reloadDifference: 0,
    settings: [
      ['gate', '{"kind":"topK","k":2}'],
      ['seed', '1'],
      ['note', '<script>alert("&")</script>'],
    ],
    versions: [['Node.js', '20.20.2']],
    command: "pnpm digits --seed=1 --gate='topK'",
  };
}

function point(i: number, experts: number, uniform: () => number): Point {
  const falling = (start: number): number => (start / (1 + i / 4)) * (0.9 + 0.2 * uniform());
  const raw = Array.from({ length: experts }, (_, e) =>
    e === experts - 1 ? 0 : 1 + uniform() + (i / 40) * (e % 2),
  );
  const total = raw.reduce((sum, value) => sum + value, 0);
  return {
    seen: (i + 1) * 2_000,
    scores: {
      mixture: { loss: falling(1.4), accuracy: 0.97 },
      dense: { loss: falling(1.7), accuracy: 0.96 },
    },
    load: raw.map((value) => value / total),
  };
}

function network(
  label: string,
  active: number,
  total: number,
  accuracy: number,
): ReportData['networks']['dense'] {
  const right = Math.round(10_000 * accuracy);
  return {
    label,
    activeParameters: active,
    totalParameters: total,
    evaluation: {
      size: 10_000,
      right,
      accuracy,
      loss: 0.0789,
      hits: Uint8Array.from({ length: 10_000 }, (_, image) => Number(image < right)),
    },
  };
}

function expertReport(expert: number, experts: number, uniform: () => number): ExpertReport {
  const unused = expert === experts - 1;
  const pixel = (i: number): number => {
    const [x, y] = [i % 28, Math.floor(i / 28) % 28];
    const distance = Math.abs(Math.hypot(x - 14, y - 14) - 4 - expert);
    return Math.max(0, 255 - 120 * distance);
  };
  return {
    load: unused ? 0 : 1 / (experts - 1),
    shareOfDigit: Array.from({ length: DIGITS }, () => (unused ? 0 : uniform() ** 2)),
    examples: Uint8Array.from({ length: unused ? 0 : 24 * PIXELS }, (_, i) => pixel(i)),
  };
}
