/**
 * The look of the report: one column that also fits a phone, light or dark as the reader's system is, fonts that every
 * machine has.
 */
export const style: string = `
:root {
  color-scheme: light dark;
  --paper: #fdfdfc;
  --raised: #f4f4f1;
  --ink: #1c1e21;
  --muted: #696e76;
  --rule: #d9dad6;
  --plot-background: var(--paper);
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #15171a;
    --raised: #1e2125;
    --ink: #e8e9ea;
    --muted: #9aa0a8;
    --rule: #363a40;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0;
  background: var(--paper);
  color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", "Noto Sans", sans-serif;
}
main { max-width: 62rem; margin: 0 auto; padding: 3rem 1.25rem 4rem; }
h1 { font-size: clamp(1.6rem, 4vw, 2.3rem); line-height: 1.2; margin: 0 0 0.75rem; letter-spacing: -0.015em; }
h2 { font-size: 1.2rem; line-height: 1.3; margin: 0 0 0.5rem; }
h3 { font-size: 1rem; margin: 0; }
p { margin: 0; max-width: 44rem; }
.lead + .lead { margin-top: 0.5rem; }
.lead { font-size: 1.1rem; color: var(--muted); }
.notice { margin: 1.25rem 0 0; padding: 0.75rem 1rem; border-left: 4px solid #d55e00; background: var(--raised); }
section, figure { margin: 3rem 0 0; }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); gap: 0 2rem; }
figcaption, .caption { margin-top: 0.5rem; color: var(--muted); font-size: 0.9rem; max-width: 44rem; }
figure svg { width: 100%; height: auto; overflow: visible; }
.picture { overflow-x: auto; }
.wide svg { min-width: 44rem; }
.scroll { overflow-x: auto; margin-top: 2rem; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; font-size: 0.95rem; }
th, td { padding: 0.55rem 0 0.55rem 1.25rem; text-align: right; border-bottom: 1px solid var(--rule); white-space: nowrap; }
th:first-child { text-align: left; padding-left: 0; }
thead th { font-weight: 500; color: var(--muted); font-size: 0.85rem; white-space: normal; vertical-align: bottom; }
tbody th { font-weight: 600; }
tbody td:nth-child(2) { font-weight: 600; }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 13rem), 1fr)); gap: 1rem; margin-top: 1rem; }
.card { padding: 0.9rem 1rem 1rem; background: var(--raised); border-radius: 8px; border-top: 4px solid var(--expert); }
.card p { font-size: 0.9rem; color: var(--muted); margin-bottom: 0.6rem; }
.card img { width: 100%; height: auto; display: block; image-rendering: auto; }
@media (prefers-color-scheme: dark) { .card img { filter: invert(1); } }
pre { margin: 0.5rem 0 1.25rem; padding: 0.75rem 1rem; background: var(--raised); border-radius: 8px; white-space: pre-wrap; overflow-wrap: anywhere; }
code { font: 0.9rem/1.5 ui-monospace, "SF Mono", Consolas, "DejaVu Sans Mono", monospace; }
code span { display: inline-block; max-width: 100%; }
.particulars { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 22rem), 1fr)); gap: 1.5rem 3rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.15rem 1.5rem; margin: 0.5rem 0 0; font-size: 0.9rem; }
dt { color: var(--muted); }
dd { margin: 0; overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
@media print { figure, .card { break-inside: avoid; } }
`;
