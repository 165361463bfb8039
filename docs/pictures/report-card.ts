/** The card that is shown beside what it says: a learned temperature over a linear router. */
import { ffn } from '@tfjs-moe/experts';
import { temperature } from '@tfjs-moe/gates';
import { type ReportCard, reportCard } from '@tfjs-moe/theory';

export function cardOfTemperature(): ReportCard {
  const expert = ffn({ hiddenUnits: [], activation: 'gelu', outputWeights: false });
  return reportCard({ gate: temperature(), expert, inputDim: 1, experts: 2 });
}
