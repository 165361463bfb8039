/** What a command prints, kept from the terminal. */
import { beforeEach, vi } from 'vitest';

export interface Captured {
  /** Standard output: one text per call of console.log. */
  output: string[];
  /** Standard error. */
  progress: string[];
}

/** Empty again before every test. */
export function captured(): Captured {
  const kept: Captured = { output: [], progress: [] };
  beforeEach(() => {
    kept.output = [];
    kept.progress = [];
    vi.spyOn(console, 'log').mockImplementation((text) => void kept.output.push(text));
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
      kept.progress.push(String(text));
      return true;
    });
    return () => vi.restoreAllMocks();
  });
  return kept;
}
