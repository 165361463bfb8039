/**
 * What the report tells of: plain data, so that it can be written without training anything.
 */
import type { Evaluation } from '../evaluate.ts';
import type { History, NetworkName } from '../history.ts';

/** One of the two networks. */
export interface NetworkReport {
  readonly label: string;
  /** Parameters that take part in one image's prediction. */
  readonly activeParameters: number;
  readonly totalParameters: number;
  readonly evaluation: Evaluation;
}

/** What one expert did with the test images. */
export interface ExpertReport {
  /** Share of the experts' work; the shares sum to 1. */
  readonly load: number;
  /** Of the images of each digit, the share that this expert was sent; under a dense gate, its share of their weight. */
  readonly shareOfDigit: readonly number[];
  /** Grey levels of some images whose largest combine weight was this expert's, one after the other. */
  readonly examples: Uint8Array;
}

export interface ReportData {
  readonly history: History;
  readonly networks: Readonly<Record<NetworkName, NetworkReport>>;
  readonly experts: readonly ExpertReport[];
  /** Experts per image. */
  readonly expertsPerImage: number;
  /** Largest difference between the predictions of the saved model and of the one in memory. */
  readonly reloadDifference: number;
  /** Name and value, in order. */
  readonly settings: readonly (readonly [name: string, value: string])[];
  readonly versions: readonly (readonly [name: string, value: string])[];
  /** The command that repeats the run. */
  readonly command: string;
}
