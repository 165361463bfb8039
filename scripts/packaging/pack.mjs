/** Packs every public package as it would be published. Needs a build, and pnpm on the path. */
import { execFileSync } from 'node:child_process';
import { expectPnpm } from '../expect-pnpm.mjs';

/**
 * @param destination folder for the tarballs
 * @returns for each package its name, its tarball, the files in it, and its published package.json as text
 */
export function packPackages(destination) {
  expectPnpm('pack');
  const packed = execFileSync(
    'pnpm',
    ['--recursive', '--filter', './packages/*', 'pack', '--json', '--pack-destination', destination],
    { encoding: 'utf8', maxBuffer: 2 ** 26 },
  );
  return JSON.parse(packed).map(({ name, filename: tarball, files }) => ({
    name,
    tarball,
    files: files.map(({ path }) => path),
    manifest: execFileSync('tar', ['-xzOf', tarball, 'package/package.json'], { encoding: 'utf8' }),
  }));
}
