const style = `
  body { font: 16px/1.5 sans-serif; margin: 2em auto; max-width: 60em; padding: 0 1em }
  table { border-collapse: collapse; margin: 1em 0 }
  th, td { padding: .3em .8em; border-bottom: 1px solid #ccc; text-align: right }
  th:first-child, td:first-child, th:nth-child(2), td:nth-child(2) { text-align: left }
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
<p>Milliseconds of one pass through two layers with ReLU between them: <b>grouped</b>, each token through K of E experts; <b>stock</b>, a dense network of the same active size; <b>dense</b>, every expert for every token. T tokens of D features, H hidden units. Leave the page in front while it measures.</p>
<p><button value="webgpu">Measure WebGPU</button> <button value="webgl">Measure WebGL</button>
<label><input type="checkbox"> small cases only, which a browser without a GPU can do</label></p>
<p><output aria-live="polite">Nothing is measured yet, and nothing is sent anywhere.</output></p>
<table><thead></thead><tbody></tbody></table>
<p><button id="copy">Copy the result</button></p>
<textarea readonly aria-label="The result"></textarea>
<script type="module">${script.replaceAll('</script', '<\\/script')}</script>
</html>
`;
}
