/** The look of reports: one column that also fits a phone, light or dark as the reader's system is. */
export const style: string = `
:root { color-scheme: light dark; --paper: #fdfdfc; --ink: #1c1e21; --muted: #696e76; --rule: #d9dad6; --plot-background: var(--paper); }
@media (prefers-color-scheme: dark) {
  :root { --paper: #15171a; --ink: #e8e9ea; --muted: #9aa0a8; --rule: #363a40; }
  figure svg { filter: brightness(1.4); }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 system-ui, -apple-system, "Segoe UI", "Noto Sans", sans-serif; }
main { max-width: 60rem; margin: 0 auto; padding: 3rem 1.25rem 4rem; }
h1 { font-size: clamp(1.5rem, 4vw, 2.1rem); line-height: 1.2; margin: 0 0 0.75rem; }
h2 { font-size: 1.2rem; margin: 0 0 0.5rem; }
p, li { max-width: 46rem; }
section { margin: 2.5rem 0 0; }
figure { margin: 1rem 0 0; overflow-x: auto; }
figure svg { max-width: 100%; height: auto; overflow: visible; }
figure svg { --plot-background: var(--paper); }
figcaption { color: var(--muted); font-size: 0.9rem; margin-top: 0.25rem; }

.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr)); gap: 1.5rem 2.5rem; margin-top: 1rem; }
.figures figure { margin: 0; min-width: 0; }
.figures figure svg { display: block; width: 100%; max-width: 36rem; }
.figures figcaption { max-width: 36rem; }
.notice { margin: 1rem 0 0; padding: 0.6rem 1rem; border-left: 4px solid #d55e00; }
.lead { color: var(--muted); margin: 0; }
pre { overflow-x: auto; font-size: 0.85rem; line-height: 1.4; }
.legend { list-style: none; margin: 0; padding: 0; }
.legend i { display: inline-block; width: 0.8em; height: 0.8em; border-radius: 50%; margin-right: 0.5em; }
.scroll { overflow-x: auto; margin-top: 1rem; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; font-size: 0.9rem; }
th, td { padding: 0.3rem 0 0.3rem 1rem; text-align: right; border-bottom: 1px solid var(--rule); white-space: nowrap; }
th:first-child, td:first-child { text-align: left; padding-left: 0; }
.group th { padding-top: 1rem; }
section h3 { font-size: 1rem; margin: 1.5rem 0 0; }
thead th { font-weight: 500; color: var(--muted); }
.figures h3 { margin: 0 0 0.25rem; }
footer { margin-top: 3rem; color: var(--muted); font-size: 0.9rem; }
`;
