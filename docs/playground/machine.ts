/** The states of the playground, as a pure function of what happens. */

import type { Picture } from './cells.ts';
import type { Report } from './messages.ts';

export interface State {
  readonly phase: 'idle' | 'loading' | 'running' | 'paused' | 'done' | 'failed';
  /** Number of the run; reports of others are late. */
  readonly run: number;
  readonly made: number;
  /** Steps to be made. */
  readonly target: number;
  readonly errors: readonly number[];
  readonly loads: readonly (readonly number[])[];
  readonly picture: Picture | undefined;
  readonly problem: string;
}

export type Happening =
  /** Other settings: whatever was trained is gone. */
  | { readonly type: 'reset' }
  | { readonly type: 'train'; readonly until: number }
  | { readonly type: 'pause' }
  | { readonly type: 'lost'; readonly problem: string }
  | Report;

export const initial: State = {
  phase: 'idle',
  run: 0,
  made: 0,
  target: 0,
  errors: [],
  loads: [],
  picture: undefined,
  problem: '',
};

export function next(state: State, happening: Happening): State {
  switch (happening.type) {
    case 'reset':
      return { ...initial, run: state.run + 1 };
    case 'train':
      return {
        ...state,
        target: happening.until,
        problem: '',
        phase: state.picture === undefined ? 'loading' : 'running',
      };
    case 'pause':
      return state.phase === 'running' || state.phase === 'loading'
        ? { ...state, phase: 'paused', target: state.made }
        : state;
    case 'lost':
      return { ...state, phase: 'failed', problem: happening.problem };
    case 'failed':
      return happening.run === state.run ? { ...state, phase: 'failed', problem: happening.problem } : state;
    default:
      return happening.run === state.run ? reported(state, happening) : state;
  }
}

function reported(state: State, report: Extract<Report, { type: 'state' }>): State {
  const { made, picture } = report;
  const isBusy = state.phase === 'running' || state.phase === 'loading';
  return {
    ...state,
    made,
    picture,
    errors: [...state.errors, ...report.errors],
    loads: [...state.loads, ...report.loads],
    phase: isBusy ? (made >= state.target ? 'done' : 'running') : state.phase,
  };
}

/** Experts that no point has been sent to for so many of the last steps, by number from 0. */
export function unasked(loads: readonly (readonly number[])[]): ReadonlyMap<number, number> {
  const found = new Map<number, number>();
  const last = loads.at(-1) ?? [];
  for (const [e, load] of last.entries()) {
    if (load > 0) continue;
    let asked = loads.length - 1;
    while (asked >= 0 && !(loads[asked]![e]! > 0)) asked--;
    found.set(e, loads.length - 1 - asked);
  }
  return found;
}
