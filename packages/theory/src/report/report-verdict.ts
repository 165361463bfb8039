import type { Identifiability } from '../identifiability/identifiability-verdicts.ts';
import type { Quantified, Quantifier } from '../identifiability/quantifier.ts';
import type { Interaction } from '../interactions/interactions.ts';
import type { NamedRelation, Proof, RelationKind } from '../verdict/relation.ts';
import type { CertificateLevel, Verdict } from '../verdict/verdict.ts';

/** A relation in a report card, as plain data. */
export interface ReportRelation {
  readonly text: string;
  /** Without dollar signs. */
  readonly latex: string;
  readonly kind: RelationKind;
  readonly proof: Proof;
  /** What it is called, where it has a name. */
  readonly name?: string;
}

/** What is known of the functions that no relation has on its left. */
export interface ReportCertificate {
  /** Proved lower bound on the smallest singular value; nothing where nothing was proved. */
  readonly sigmaMin?: number;
  readonly level?: CertificateLevel;
  readonly bits: number;
  readonly points?: number;
  /** What to raise for a proof. */
  readonly raise?: string;
}

/** A verdict in a report card, as plain data. */
export interface ReportVerdict {
  readonly verdict: Verdict['verdict'];
  /** Empty unless the verdict is `dependent`. */
  readonly relations: readonly ReportRelation[];
  readonly certificate: ReportCertificate;
  /** For which parameters it holds, and by how many draws of them. */
  readonly quantifier: Quantifier;
  readonly draws: number;
  readonly notes: readonly string[];
}

/** The second-order verdict in a report card, as plain data. */
export interface ReportSecondOrder {
  readonly verdict: Verdict['verdict'];
  /** The null direction of a dependent verdict. */
  readonly direction?: {
    readonly name: string;
    readonly text: string;
    readonly latex: string;
    readonly proof: string;
    /** Of a matrix that is no single direction. */
    readonly rank?: number;
  };
  /** Bounds of an independent one. */
  readonly certificate?: {
    readonly sigmaMin: number;
    readonly curvature: number;
    readonly bits: number;
    readonly points: number;
  };
  /** What an inconclusive one would need. */
  readonly raise?: string;
  readonly overSpecified: readonly number[];
  readonly quantifier: Quantifier;
  readonly draws: number;
  readonly notes: readonly string[];
}

/** An interaction in a report card, as plain data. */
export interface ReportInteraction extends ReportRelation {
  readonly name: string;
  /** Without indices. */
  readonly statement: string;
  readonly statementLatex: string;
  readonly source: string;
  /** How it is known to hold at all parameters; nothing where it was found at some. */
  readonly general?: Proof;
}

/**
 * Verdicts as plain JSON: relations as text and LaTeX, without big integers.
 */
export function reportVerdict(verdict: Verdict & Quantified): ReportVerdict {
  const certificate = verdict.verdict === 'dependent' ? verdict.rest : verdict;
  const { bits } = certificate;
  return {
    verdict: verdict.verdict,
    relations: verdict.verdict === 'dependent' ? verdict.relations.map(reportRelation) : [],
    certificate:
      'sigmaMin' in certificate
        ? { sigmaMin: certificate.sigmaMin, level: certificate.level, bits, points: certificate.points }
        : { bits, raise: certificate.raise },
    quantifier: verdict.quantifier,
    draws: verdict.draws,
    notes: verdict.notes,
  };
}

function reportRelation({ text, latex, kind, proof, knownAs }: NamedRelation): ReportRelation {
  return { text, latex, kind, proof, ...(knownAs !== undefined && { name: knownAs }) };
}

export function reportSecondOrder(verdict: Identifiability['secondOrder']): ReportSecondOrder {
  const { overSpecified, quantifier, draws, notes } = verdict;
  const common = { verdict: verdict.verdict, overSpecified, quantifier, draws, notes };
  switch (verdict.verdict) {
    case 'dependent': {
      const { name, text, latex, proof, rank } = verdict.direction;
      return { ...common, direction: { name, text, latex, proof, ...(rank !== undefined && { rank }) } };
    }
    case 'independent': {
      const { sigmaMin, curvature, bits, points } = verdict;
      return { ...common, certificate: { sigmaMin, curvature, bits, points } };
    }
    case 'inconclusive':
      return { ...common, raise: verdict.raise };
  }
}

export function reportInteraction(of: Interaction): ReportInteraction {
  const { name, statement, statementLatex, source, general } = of;
  return {
    ...reportRelation(of),
    name,
    statement,
    statementLatex,
    source,
    ...(general !== undefined && { general }),
  };
}
