/**
 * How the two networks are told apart: by ink and by dash, not by colour, which belongs to the experts.
 */
import type { NetworkName } from '../history.ts';

export const networkStyles: Readonly<
  Record<NetworkName, { stroke: string; strokeWidth: number; strokeDasharray?: string }>
> = {
  mixture: { stroke: 'var(--ink)', strokeWidth: 2.25 },
  dense: { stroke: 'var(--muted)', strokeWidth: 2, strokeDasharray: '5 3' },
};
