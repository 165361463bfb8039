/** What is still to be found in a cell. */
import type { CellVerdict, SecondOrderCell } from './cells.ts';

/** Whether a verdict, or the certificate that its relations are all there are, is still to be found. */
export function isOpen(of: CellVerdict | SecondOrderCell): boolean {
  if (of.verdict === 'inconclusive') return true;
  // Nothing is left to certify where every function is zero.
  return 'relations' in of && !('sigmaMin' in of) && (of.bits ?? 0) > 0;
}
