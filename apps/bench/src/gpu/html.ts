/** One file with all it needs: a person opens it, measures the machine at hand, and copies the result. */
export function htmlOf(script: string): string {
  return `<!doctype html>
<meta charset="utf-8">
<title>tfjs-moe on this GPU</title>
<style>body { font: 16px sans-serif; margin: 2em auto; max-width: 50em } textarea { width: 100%; height: 30em }</style>
<h1>Mixtures of experts on this GPU</h1>
<p>Times of one pass in milliseconds: grouped dispatch, a dense network of the same active size, and every expert for every token. Leave the page in front while it measures.</p>
<p><button value="webgpu">Measure WebGPU</button> <button value="webgl">Measure WebGL</button></p>
<textarea readonly></textarea>
<script type="module">${script.replaceAll('</script', '<\\/script')}</script>
`;
}
