import example from './example.json' with { type: 'json' };

const style = `
  body { font: 16px/1.5 sans-serif; margin: 2em auto; max-width: 60em; padding: 0 1em }
  table { border-collapse: collapse; margin: 1em 0 }
  th, td { white-space: nowrap; padding: .3em .6em; border-bottom: 1px solid #ccc; text-align: right }
  th:first-child, td:first-child, th:nth-child(2), td:nth-child(2) { text-align: left }
  output { display: block; font-weight: bold }
  textarea { box-sizing: border-box; width: 100%; height: 12em }`;

/** One file with all it needs: a person opens it, measures the machine at hand, and copies the result. */
export function htmlOf(script: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>tfjs-moe on this GPU</title>
<style>${style}</style>
<h1>Mixtures of experts on this GPU</h1>
<p>Milliseconds of one pass through two layers with ReLU between them: <b>grouped</b>, each token through K of E experts; <b>stock</b>, a dense network of the same active size; <b>dense</b>, every expert for every token. T tokens of D features, H hidden units. Below 1, grouped / stock says that a mixture costs less than a dense network of its active size; the GFLOP/s are those of grouped. Leave the page in front while it measures.</p>
<p><button value="webgpu">Measure WebGPU</button> <button value="webgl">Measure WebGL</button>
<label><input type="checkbox"> small cases only, which a browser without a GPU can do</label></p>
<p><output aria-live="polite">Nothing is measured here yet. The table is an example: Chromium without a GPU, where software computes.</output>
What is measured stays on this page until you copy it.</p>
<table><thead></thead><tbody></tbody></table>
<p><button id="copy">Copy the result</button></p>
<textarea readonly aria-label="The result"></textarea>
<script type="application/json" id="example">${JSON.stringify(example)}</script>
<script type="module">${script.replaceAll('</script', '<\\/script')}</script>
</html>
`;
}
