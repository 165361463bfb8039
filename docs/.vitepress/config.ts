import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type DefaultTheme, defineConfig } from 'vitepress';
import { formulas } from '../build/formulas.ts';
import { optionContainer } from '../build/option-container.ts';
import { pageMismatches } from '../build/plugin-pages.ts';
import { nav, sidebar } from './navigation.ts';

// A path such as /tfjs-moe/ where the site does not lie at the root of its host.
const base = process.env.DOCS_BASE ?? '/';

const mismatches = pageMismatches();
if (mismatches.length > 0) throw new Error(`docs:\n${mismatches.join('\n')}`);

export default defineConfig({
  base,
  lang: 'en',
  title: 'tfjs-moe',
  description: 'Mixture of Experts for TensorFlow.js',
  cleanUrls: true,
  srcExclude: ['README.md'],
  head: [['link', { rel: 'icon', type: 'image/svg+xml', href: `${base}logo.svg` }]],
  markdown: {
    theme: { light: 'github-light', dark: 'github-dark' },
    config(md) {
      optionContainer(md);
      formulas(md);
    },
  },
  themeConfig: {
    logo: '/logo.svg',
    search: { provider: 'local' },
    outline: [2, 3],
    nav,
    sidebar: { ...sidebar, '/api/': apiSidebar() },
    footer: { message: 'Apache-2.0' },
  },
  vite: {
    resolve: {
      conditions: ['tfjs-moe-source'],
      // Two copies of these in one page would not know each other's classes.
      dedupe: ['@tensorflow/tfjs-core', '@tensorflow/tfjs-layers'],
    },
    // Found only when a reader starts an example; without the list the page would reload then.
    optimizeDeps: {
      include: [
        '@observablehq/plot',
        '@tensorflow/tfjs-backend-cpu',
        '@tensorflow/tfjs-core',
        '@tensorflow/tfjs-layers',
      ],
    },
    server: { fs: { allow: [resolve(import.meta.dirname, '../..')] } },
    // TensorFlow.js, which is loaded when a reader starts an example.
    build: { chunkSizeWarningLimit: 1500 },
  },
});

/** Written by TypeDoc, which runs before VitePress. */
function apiSidebar(): DefaultTheme.SidebarItem[] {
  const file = resolve(import.meta.dirname, '../api/typedoc-sidebar.json');
  if (!existsSync(file))
    throw new Error('docs: there is no API reference; run `pnpm --filter docs build` or `dev`');
  return JSON.parse(readFileSync(file, 'utf8'));
}
