import { expect, test } from 'vitest';
import { runOver } from './planted.mjs';

const apps = { 'apps/README.md': '' };
const manifest = (name) => JSON.stringify({ name });
const importing = (...paths) => paths.map((path) => `import '${path}';`).join('\n');

test('imports that run one way are counted, and pass', () => {
  const { status, stdout } = runOver('check-circles.mjs', {
    ...apps,
    'packages/low/package.json': manifest('@x/low'),
    'packages/low/src/index.ts': importing('./a/a.ts', './b/b.ts', 'typescript'),
    'packages/low/src/a/a.ts': importing('../b/b.ts'),
    'packages/low/src/b/b.ts': '',
    'packages/high/package.json': manifest('@x/high'),
    'packages/high/src/index.ts': importing('@x/low', '@x/low/part'),
  });
  expect([status, stdout]).toEqual([0, '5 imports, 0 circles\n']);
});

test('a circle is told with the imports that close it', () => {
  const closings = {
    value: "import { b } from './b.ts';",
    type: "import type { B } from './b.ts';",
    reexport: "export * from './b.ts';",
    query: "export type B = import('./b.ts').B;",
    dynamic: "export const b = () => import('./b.ts');",
  };
  const closed = Object.entries(closings).flatMap(([name, closing]) => [
    [`packages/${name}/package.json`, manifest(`@x/${name}`)],
    [`packages/${name}/src/a.ts`, closing],
    [`packages/${name}/src/b.ts`, importing('./c.ts')],
    [`packages/${name}/src/c.ts`, importing('./a.ts')],
  ]);
  const { status, stderr, stdout } = runOver('check-circles.mjs', {
    ...apps,
    ...Object.fromEntries(closed),
    // No file is in a circle here, but folders are, and packages.
    'packages/one/package.json': manifest('@x/one'),
    'packages/one/src/left/a.ts': importing('../right/a.ts'),
    'packages/one/src/left/b.ts': '',
    'packages/one/src/right/a.ts': '',
    'packages/one/src/right/b.ts': importing('../between.ts'),
    'packages/one/src/between.ts': importing('./left/b.ts'),
    'packages/two/package.json': manifest('@x/two'),
    'packages/two/src/a.ts': importing('@x/three'),
    'packages/three/package.json': manifest('@x/three'),
    'packages/three/src/b.ts': importing('@x/two/part'),
  });
  expect([status, stdout]).toEqual([1, '20 imports, 7 circles\n']);
  for (const name of Object.keys(closings)) {
    expect(stderr).toContain(
      'a circle of files:\n' +
        `  packages/${name}/src/a.ts imports packages/${name}/src/b.ts\n` +
        `  packages/${name}/src/b.ts imports packages/${name}/src/c.ts\n` +
        `  packages/${name}/src/c.ts imports packages/${name}/src/a.ts\n\n`,
    );
  }
  expect(stderr).toContain(
    'a circle of folders in packages/one/src:\n' +
      '  packages/one/src/left/a.ts imports packages/one/src/right/a.ts\n' +
      '  packages/one/src/right/b.ts imports packages/one/src/between.ts\n' +
      '  packages/one/src/between.ts imports packages/one/src/left/b.ts\n',
  );
  expect(stderr).toContain(
    'a circle of folders in packages:\n' +
      '  packages/three/src/b.ts imports packages/two\n' +
      '  packages/two/src/a.ts imports packages/three\n',
  );
});

test('a folder without imports is none that was looked through', () => {
  const { status, stderr } = runOver('check-circles.mjs', {
    ...apps,
    'packages/one/package.json': manifest('@x/one'),
    'packages/one/src/a.ts': 'export const a = 1;',
  });
  expect(status).toBe(1);
  expect(stderr).toContain('no import was found: run this from the root of the repository');
});
