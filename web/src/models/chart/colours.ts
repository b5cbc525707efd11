/** Colours of names: a name keeps its colour on the whole page, and names get different ones as long as there are any. */

export const HUES = Array.from({ length: 8 }, (_, at) => `--chart-${at + 1}`);
const GREY = "--line-strong";

export type Colouring = (id: string) => string;

/** A new page's colours. The first choice follows from the name, so that it is the same the next time. */
export function makeColouring(): Colouring {
  const taken = new Map<string, string>();
  return (id) => {
    const known = taken.get(id);
    if (known !== undefined) return known;
    const colour = `var(${id === "other" || id === "none" ? GREY : free(id, taken)})`;
    taken.set(id, colour);
    return colour;
  };
}

function free(id: string, taken: ReadonlyMap<string, string>): string {
  const used = new Set(taken.values());
  const first = hash(id) % HUES.length;
  for (let step = 0; step < HUES.length; step += 1) {
    const hue = HUES[(first + step) % HUES.length] ?? GREY;
    if (!used.has(`var(${hue})`)) return hue;
  }
  return HUES[first] ?? GREY;
}

function hash(text: string): number {
  let value = 0;
  for (const letter of text) value = (value * 31 + (letter.codePointAt(0) ?? 0)) >>> 0;
  return value;
}
