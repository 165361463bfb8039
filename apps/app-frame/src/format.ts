/**
 * Numbers as people read them, alike in the terminal and in the report.
 */

/** 110666 as 110,666. */
export function count(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** 0.97625 as 97.63 %. */
export function percent(share: number, digits = 2): string {
  return `${(100 * share).toFixed(digits)} %`;
}

/** 83.4 as 1:23. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const minutes = Math.floor(whole / 60);
  return `${minutes}:${String(whole % 60).padStart(2, '0')}`;
}

/** 83.4 as 83 s, 8.34 as 8.3 s. */
export function duration(seconds: number): string {
  return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
}
