/** Formulas between dollar signs as text: npm shows a README without setting its TeX. */

const SYMBOLS = {
  alpha: 'α',
  beta: 'β',
  sigma: 'σ',
  tau: 'τ',
  varphi: 'φ',
  odot: '⊙',
  ge: '≥',
  le: '≤',
  sum: 'Σ',
  sqrt: '√',
  log: 'log',
  exp: 'exp',
  pm: '±',
  top: 'ᵀ',
  cdot: '·',
  lVert: '‖',
  rVert: '‖',
  bigl: '',
  bigr: '',
  dots: '…',
  partial: '∂',
  pi: 'π',
  epsilon: 'ε',
  eta: 'η',
  ldots: '…',
};
const RAISED = { 0: '⁰', 1: '¹', 2: '²', 3: '³', p: 'ᵖ', a: 'ᵃ', T: 'ᵀ', ᵀ: 'ᵀ' };
const LOWERED = { 0: '₀', 1: '₁', 2: '₂', 3: '₃', e: 'ₑ', u: 'ᵤ', j: 'ⱼ' };

/** The text with its formulas written in letters. */
export function plainFormulas(text) {
  return text.replace(/\$([^$\n]+)\$/g, (_, tex) => plain(tex));
}

/** Signs that stand at what follows them. */
const PREFIXES = new Set(['sqrt', 'lVert', 'bigl', 'bigr']);

function plain(tex) {
  return tex
    .replace(/\\(?:mathrm|operatorname|text|mathbf)\{([^{}]*)\}/g, '$1')
    .replace(/\\frac\{([^{}]*)\}\{([^{}]*)\}/g, '($1 / $2)')
    .replace(/\s*\\rVert/g, SYMBOLS.rVert)
    .replace(/\\([a-zA-Z]+)(\s*)/g, (_, name, space) => {
      if (SYMBOLS[name] === undefined) throw new Error(`plain formulas: no letter for \\${name} in $${tex}$`);
      return PREFIXES.has(name) ? SYMBOLS[name] : `${SYMBOLS[name]}${space}`;
    })
    .replace(/\^\{([^{}]{2,})\}/g, '^($1)')
    .replace(/\^\{?([^{}\s(])\}?/g, (all, letter) => RAISED[letter] ?? all)
    .replace(/_\{?([^{}\s])\}?/g, (all, letter) => LOWERED[letter] ?? all)
    .replace(/\\[,;]/g, ' ')
    .replace(/\\?[{}]/g, '')
    .replace(/ +/g, ' ')
    .trim();
}
