import type { Gate } from '@tfjs-moe/core';
import type { ExpertBank } from '../experts/expert-bank.ts';
import type { Settings } from '../settings.ts';

/** One gate of a layer with several, which makes one of its outputs. */
export interface GateOfLayer {
  readonly name: string;
  /** Options as a layer with this gate alone would have them. */
  readonly settings: Settings;
  /** The banks whose experts it weighs, by number: all of the first, then all of the next. */
  readonly banks: readonly number[];
  /** Which input it sees, where there are several. */
  readonly input: number;
}

/** Some experts of a layer that see the same input. */
export interface BankOfLayer {
  /** Where their weights are below `expert/`; '' for right there. */
  readonly path: string;
  readonly experts: number;
  readonly bank: ExpertBank;
  readonly seed: number;
  /** Which input they see, where there are several. */
  readonly input: number;
}

/** Who weighs whose output in a layer with several gates. */
export interface Structure {
  /** Names the layer in errors of its options. */
  readonly who: string;
  readonly gates: readonly GateOfLayer[];
  readonly banks: readonly BankOfLayer[];
  /** Names of the inputs where the layer can take several, one for each bank; else one name. */
  readonly inputs: readonly string[];
  /** What the gates ask for beside the tokens. */
  readonly sides: Gate['inputs'];
  /** Tokens that one expert takes of a batch, where there is a capacity. */
  readonly capacityOf: ((tokens: number) => number) | undefined;
}
