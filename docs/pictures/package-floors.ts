/** The packages as a building: each stands above all that it imports. */

export interface Package {
  readonly name: string;
  readonly about: string;
  /** Packages of the building that it imports. */
  readonly imports: readonly string[];
}

/** From the ground up; of a floor in the order that they are given in. */
export function floorsOf(packages: readonly Package[]): readonly (readonly Package[])[] {
  const floors: Package[][] = [];
  let open = [...packages];
  const standing = new Set<string>();
  while (open.length > 0) {
    const floor = open.filter(({ imports }) => imports.every((name) => standing.has(name)));
    if (floor.length === 0) throw new Error(`docs: a circle of ${open.map(({ name }) => name).join(', ')}`);
    for (const { name } of floor) standing.add(name);
    open = open.filter((one) => !floor.includes(one));
    floors.push(floor);
  }
  return floors;
}

/** What a package imports beside all that comes with something else that it imports. */
export function ownImports(of: Package, packages: readonly Package[]): readonly string[] {
  const known = new Map(packages.map((one) => [one.name, one]));
  const reached = (name: string): string[] =>
    known.get(name)!.imports.flatMap((below) => [below, ...reached(below)]);
  const further = new Set(of.imports.flatMap(reached));
  return of.imports.filter((name) => !further.has(name));
}

const [WIDTH, FLOOR, BOX, GAP, ROOM] = [680, 74, 30, 8, 4];

/** A box for each package and a line to each import that nothing else brings, top floor first. */
export function floorsPicture(packages: readonly Package[]): string {
  const floors = floorsOf(packages);
  const places = new Map<string, { readonly x: number; readonly y: number; readonly width: number }>();
  floors.forEach((floor, level) => {
    // As wide as its name, and the rest of the floor shared by all.
    const widths = floor.map(({ name }) => 16 + 6.6 * shortName(name).length);
    const rest = WIDTH - 2 * ROOM - widths.reduce((sum, width) => sum + width, 0);
    const gap = rest / (floor.length + 1);
    if (gap < GAP) throw new Error(`docs: floor ${level} has too many packages to draw`);
    let x = ROOM + gap;
    floor.forEach(({ name }, i) => {
      places.set(name, { x, y: ROOM + FLOOR * (floors.length - 1 - level), width: widths[i]! });
      x += widths[i]! + gap;
    });
  });
  const lines = packages.flatMap((one) =>
    ownImports(one, packages).map((below) => {
      const [from, to] = [places.get(one.name)!, places.get(below)!];
      const [x1, y1, x2, y2] = [from.x + from.width / 2, from.y + BOX, to.x + to.width / 2, to.y];
      const bend = (y2 - y1) / 2;
      return `<path d="M${round(x1)} ${y1}C${round(x1)} ${y1 + bend} ${round(x2)} ${y2 - bend} ${round(x2)} ${y2}"/>`;
    }),
  );
  const boxes = packages.map(({ name }) => {
    const { x, y, width } = places.get(name)!;
    return (
      `<rect x="${round(x)}" y="${y}" width="${round(width)}" height="${BOX}" rx="6"/>` +
      `<text x="${round(x + width / 2)}" y="${y + BOX / 2}">${shortName(name)}</text>`
    );
  });
  const said = floors.map((floor, i) => `floor ${i}: ${floor.map(({ name }) => shortName(name)).join(', ')}`);
  const height = 2 * ROOM + FLOOR * (floors.length - 1) + BOX;
  return (
    `<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="The packages by floors; ${said.join('; ')}">` +
    `<g class="lines">${lines.join('')}</g><g class="boxes">${boxes.join('')}</g></svg>`
  );
}

/** Without the scope, which all have. */
export function shortName(name: string): string {
  return name.replace('@tfjs-moe/', '');
}

function round(value: number): number {
  return Math.round(10 * value) / 10;
}
