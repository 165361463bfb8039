/**
 * The verdicts of a card in words, for text and Markdown alike.
 */
import type { ReportCard } from './report-card.ts';
import type { ReportSecondOrder, ReportVerdict } from './report-verdict.ts';

export interface Fact {
  readonly question: string;
  readonly verdict: string;
  /** For which parameters. */
  readonly quantifier: string;
  readonly evidence: string;
}

export function factsOf({ firstOrder, secondOrder, literal, weak, subject }: ReportCard): Fact[] {
  return [
    {
      question: 'first order (exact atoms)',
      verdict: firstOrder.verdict,
      quantifier: firstOrder.quantifier,
      evidence: evidenceOf(firstOrder),
    },
    ...(subject.overSpecified && subject.regime !== 2
      ? [
          {
            question: 'second order (over-fitted atoms)',
            verdict: secondOrder.verdict,
            quantifier: secondOrder.quantifier,
            evidence: secondOrderEvidence(secondOrder),
          },
        ]
      : []),
    ...(subject.regime === 2 && weak
      ? [{ question: 'literal set (weak identifiability, pooled)', ...factOf(weak.pooled) }]
      : []),
    ...(literal && !(subject.regime === 2 && weak)
      ? [{ question: `literal set (${literal.definition})`, ...factOf(literal) }]
      : []),
    ...(weak && subject.regime !== 1
      ? [
          {
            question: 'weak (sigmoid, regime 2)',
            verdict: (weak.atSplit ?? weak.jacobian).verdict,
            quantifier: (weak.atSplit ?? weak.jacobian).quantifier,
            evidence: weak.atSplit
              ? `at an atom split in two with one gate (amplitudeSplit): ${evidenceOf(weak.atSplit)}`
              : `at distinct gates, no best approximation being known: ${evidenceOf(weak.jacobian)}`,
          },
        ]
      : []),
  ];
}

const factOf = (of: ReportVerdict): Omit<Fact, 'question'> => ({
  verdict: of.verdict,
  quantifier: of.quantifier,
  evidence: evidenceOf(of),
});

/** What a reader must know of the verdicts that are shown, every sentence once. */
export function notesOf({ firstOrder, secondOrder, literal, subject }: ReportCard): string[] {
  const shown = [
    firstOrder,
    ...(subject.overSpecified && subject.regime !== 2 ? [secondOrder] : []),
    ...(literal ? [literal] : []),
  ];
  return [...new Set(shown.flatMap(({ notes }) => notes))];
}

function evidenceOf({ verdict, relations, certificate }: ReportVerdict): string {
  const { sigmaMin, bits, points, raise } = certificate;
  const proved =
    sigmaMin === undefined
      ? `not proved for the rest: raise ${raise}`
      : `sigma_min >= ${scientific(sigmaMin)} at ${points} points, ${bits} bits`;
  if (verdict !== 'dependent') return proved;
  const names = countsOf(relations.map(({ name }) => name ?? 'without a name'));
  const proofs = countsOf(relations.map(({ proof }) => proof));
  const rest = sigmaMin === undefined ? proved : `no others: ${proved}`;
  return `${names} (${proofs}); ${rest}`;
}

function secondOrderEvidence({ direction, certificate, raise }: ReportSecondOrder): string {
  if (direction)
    return `null ${direction.rank === undefined ? 'direction ' : ''}${direction.name} (${direction.proof})`;
  if (certificate)
    return `curvature >= ${scientific(certificate.curvature)} at ${certificate.points} points, ${certificate.bits} bits`;
  return `raise ${raise}`;
}

/** `2 duplicate, 1 gate and expert` */
export function countsOf(names: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].map(([name, count]) => `${count} ${name}`).join(', ');
}

function scientific(value: number): string {
  return value === 0 ? '0' : value.toExponential(1).replace('e+', 'e').replace('e0', '');
}
