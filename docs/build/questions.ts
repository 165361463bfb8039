/**
 * Questions of five kinds of reader, and the page that answers each. `question` is what search knows of the page; `typed` is
 * what the tests look for, in other words, so that a find is more than an echo.
 */
export interface Question {
  /** Below `docs`, without `.md`. */
  readonly page: string;
  readonly question: string;
  readonly typed: string;
}

const of = (page: string, question: string, typed: string): Question => ({ page, question, typed });

export const questions: readonly Question[] = [
  // Somebody who writes JavaScript and has never heard of mixtures.
  of(
    'datasets/mnist',
    'What is it good for, with an example from life: classify images of digits, classification',
    'classification example',
  ),
  of('guide/choose-a-gate', 'Which gate should I pick or choose? The best gate, compare gates', 'which gate'),
  of(
    'guide/getting-started',
    'How do I install it and train a first model? Start, tutorial',
    'install first model',
  ),
  of(
    'guide/bundlers',
    'Plain script, CDN, Vite, webpack, React, Svelte, content security policy',
    'vite react',
  ),
  of(
    'guide/speed',
    'How big can it get in a browser? Memory, limits, size of a model',
    'how big in browser memory',
  ),
  of('guide/in-a-worker', 'Does it block or freeze my page? Web worker, main thread', 'web worker'),
  of(
    'guide/why-experts-die',
    'Experts collapsed, why does one expert die? Dead or unused experts',
    'dead expert',
  ),
  of('guide/saving-and-loading', 'How do I save, load and ship a model?', 'save model'),
  of(
    'playground',
    'Play, try it live, demo, interactive; change E, K and data; one page to project in a class',
    'demo',
  ),
  of('guide/when-not', 'When not to use a mixture, is it worth it? Disadvantages', 'disadvantages'),
  // Somebody who comes from PyTorch or Keras.
  of(
    'guide/from-pytorch',
    'PyTorch: which layer is nn.Module X? Mapping table, migrate from torch',
    'PyTorch',
  ),
  of('guide/from-keras', 'Keras, tf.keras equivalents, migrate from TensorFlow', 'Keras'),
  of(
    'guide/models-of-today',
    'Mixtral, Switch, DeepSeek, Qwen: how published models route; transformer block, attention',
    'Mixtral',
  ),
  of('losses/switch-loss', 'Auxiliary loss, aux loss as in Switch and Mixtral', 'aux loss'),
  of('guide/dispatch', 'Capacity factor conventions, dropped tokens', 'capacity factor'),
  of('guide/masks-and-padding', 'Padding and masks of sequences', 'padding mask'),
  of('guide/backends', 'GPU, WebGPU, wasm, several devices, threads', 'GPU'),
  of('guide/own-loops', 'Gradient accumulation, custom training loop', 'gradient accumulation'),
  of('guide/speed', 'Is it faster than dense? Benchmark', 'faster than dense'),
  of('guide/routing', 'Log or plot the routing, load of the experts, TensorBoard', 'plot routing'),
  of('guide/freezing-and-schedules', 'Freeze experts, schedule a temperature, fine-tune', 'freeze experts'),
  of('experts/lora', 'Adapters, LoRA, fine-tuning with few parameters', 'LoRA'),
  of('guide/writing-an-expert', 'An expert of my own, custom expert', 'custom expert'),
  of('guide/writing-a-gate', 'A gate of my own, custom gate', 'custom gate'),
  of('guide/errors', 'Error messages, what does this error mean', 'error message'),
  // A statistician who uses R.
  of('estimators/fit', 'flexmix equivalents, R, fit my CSV in one command, moe fit', 'flexmix'),
  of('estimators/choosing-experts', 'How many experts? AIC, BIC, ICL', 'BIC'),
  of(
    'estimators/inference',
    'Standard errors of the gate, confidence intervals, bootstrap',
    'standard errors',
  ),
  of('estimators/formulas', 'Formula interface, factors, interactions', 'formula factors'),
  of('estimators/families', 'GLM families, Poisson, binomial, Student t responses', 'Poisson'),
  of('estimators/plots', 'Residuals, calibration, diagnostics, see the fit in a picture', 'residuals'),
  of('estimators/maximum-likelihood', 'EM algorithm, maximum likelihood, starts', 'EM algorithm'),
  of('datasets/read-table', 'Read my CSV or JSON table', 'read csv'),
  // A researcher with the paper in hand.
  of(
    'theory/verdicts',
    'Which pair of gate and expert is identifiable? Identifiability, identifiable parameters; is Theorem 3 right?',
    'identifiable',
  ),
  of('theory/learned-temperature', 'Why not learn the temperature? Slow rate', 'learned temperature'),
  of(
    'studies/index',
    'Reproduce a figure, convergence rates, data and seeds of each study',
    'convergence rates',
  ),
  of('references', 'Link to the paper, how do I cite you, BibTeX, CITATION.cff, DOI, literature', 'citation'),
  of('measures/voronoi', 'Voronoi losses D1 to D6', 'Voronoi loss'),
  of(
    'studies/sigmoid-against-softmax',
    'Sigmoid or softmax, which is more sample efficient?',
    'sigmoid versus softmax',
  ),
  of('studies/over-fitted', 'Too many experts, over-specified, over-fitted', 'over-specified'),
  of('datasets/simulate', 'Simulate data from a mixture', 'simulate data'),
  // Somebody who teaches.
  of('glossary', 'Glossary, terms, vocabulary, definitions', 'glossary'),
  of('cheat-sheet', 'Cheat sheet, quick reference, recipes, snippets', 'quick reference'),
  of('architecture', 'How is it built? Contracts, packages, design', 'architecture'),
  of('guide/balance', 'Balance the load, which balance loss', 'load balancing'),
  of('guide/collapse', 'Recover from a collapse', 'recover collapse'),
  of('gates/temperature', 'Hard and soft routing by a temperature', 'temperature'),
  of('gates/top-k', 'top-K, top-2, top-1 routing', 'topK'),
  of('guide/several-tasks', 'Multi-task learning, MMoE, PLE', 'multi-task'),
  of(
    'guide/conformance',
    'Same numbers as Megatron, Hugging Face or Tutel? Conventions of libraries',
    'same numbers as Megatron',
  ),
];

/** What search knows of a page beside its words. */
export function questionsOf(page: string): readonly string[] {
  return questions.filter((each) => each.page === page).map(({ question }) => question);
}
