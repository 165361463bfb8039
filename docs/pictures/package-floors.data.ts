/** The packages as their `package.json` have them, with the picture of how they stand upon each other. */
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { floorsOf, floorsPicture, type Package, shortName } from './package-floors.ts';

/** What the page shows of a floor, from the top. */
interface Floors {
  readonly picture: string;
  readonly floors: readonly (readonly { readonly name: string; readonly about: string }[])[];
}

declare const data: Floors;

export { data };

export default {
  watch: ['../../packages/*/package.json'],
  load(): Floors {
    const packages = packagesOf(resolve(import.meta.dirname, '../../packages'));
    const floors = floorsOf(packages).map((floor) =>
      floor.map(({ name, about }) => ({ name: shortName(name), about })),
    );
    return { picture: floorsPicture(packages), floors: floors.reverse() };
  },
};

export function packagesOf(folder: string): readonly Package[] {
  const read = readdirSync(folder).map((name) =>
    JSON.parse(readFileSync(resolve(folder, name, 'package.json'), 'utf8')),
  );
  const names = new Set(read.map(({ name }) => name));
  return read.map(({ name, description, dependencies, peerDependencies }) => ({
    name,
    about: description,
    imports: Object.keys({ ...dependencies, ...peerDependencies }).filter((one) => names.has(one)),
  }));
}
