import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type DefaultTheme, defineConfig } from 'vitepress';
import { changeList } from '../build/change-list.ts';
import { citedTitles } from '../build/cited-titles.ts';
import type { foldedTables as FoldedTables } from '../build/folded-tables.ts';
import { formulas } from '../build/formulas.ts';
import { withModule } from '../build/from-source.ts';
import { lightStyles } from '../build/light-styles.ts';
import { optionContainer } from '../build/option-container.ts';
import { descriptionOf, HOME, headOf } from '../build/page-head.ts';
import { writePlainFiles } from '../build/plain-files.ts';
import { pageMismatches } from '../build/plugin-pages.ts';
import { referenceList } from '../build/reference-list.ts';
import { search } from '../build/search.ts';
import { writeServiceWorker } from '../build/service-worker.ts';
import { nav, sidebar } from './navigation.ts';

// A path such as /tfjs-moe/ where the site does not lie at the root of its host.
const base = process.env.DOCS_BASE ?? '/';

const REPOSITORY = 'https://github.com/tfjs-moe/tfjs-moe';

const mismatches = pageMismatches();
if (mismatches.length > 0) throw new Error(`docs:\n${mismatches.join('\n')}`);

// Draws with the packages' sources, which the bundler of this file would look for in their builds.
const { foldedTables } = await withModule(
  'build/folded-tables.ts',
  async (module: { readonly foldedTables: typeof FoldedTables }) => module,
);

export default defineConfig({
  base,
  lang: 'en',
  title: 'tfjs-moe',
  description: 'Mixture of Experts for TensorFlow.js',
  cleanUrls: true,
  lastUpdated: true,
  sitemap: { hostname: HOME },
  transformPageData(page) {
    page.description ||= descriptionOf(page.filePath);
    // Written by TypeDoc: there is no such file to edit.
    if (page.filePath.startsWith('api/')) page.frontmatter.editLink = false;
  },
  transformHead: ({ pageData, title, description }) => headOf(pageData.relativePath, title, description),
  buildEnd({ srcDir, outDir, pages }) {
    writePlainFiles(srcDir, outDir, pages);
    writeServiceWorker(outDir);
  },
  srcExclude: ['README.md'],
  head: [['link', { rel: 'icon', type: 'image/svg+xml', href: `${base}logo.svg` }]],
  markdown: {
    // Comments carry every printed result: they must be as legible as the code.
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
    config(md) {
      changeList(md);
      referenceList(md);
      citedTitles(md);
      foldedTables(md);
      optionContainer(md);
      formulas(md);
    },
  },
  themeConfig: {
    logo: '/logo.svg',
    search,
    outline: [2, 3],
    nav,
    sidebar: { ...sidebar, '/api/': apiSidebar() },
    socialLinks: [{ icon: 'github', link: REPOSITORY, ariaLabel: 'the repository' }],
    editLink: { pattern: `${REPOSITORY}/edit/main/docs/:path`, text: 'Edit this page' },
    footer: { message: 'Apache-2.0' },
  },
  vite: {
    plugins: [lightStyles()],
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
    worker: { format: 'es' },
    // TensorFlow.js, which is loaded when a reader starts an example.
    build: {
      chunkSizeWarningLimit: 1500,
      // A font within the style sheet keeps pages without formulas waiting.
      assetsInlineLimit: (path) => (path.endsWith('.woff2') ? false : undefined),
    },
  },
});

/** Written by TypeDoc, which runs before VitePress. */
function apiSidebar(): DefaultTheme.SidebarItem[] {
  const file = resolve(import.meta.dirname, '../api/typedoc-sidebar.json');
  if (!existsSync(file))
    throw new Error('docs: there is no API reference; run `pnpm --filter docs build` or `dev`');
  return JSON.parse(readFileSync(file, 'utf8'));
}
