/** Which entries of a list somebody means by what they type. */

export interface Findable {
  label: string;
  /** More words that it is found by. */
  more?: string;
}

/** The entries that hold every word, those that begin with it first; otherwise their order stays. */
export function ranked<Entry extends Findable>(entries: readonly Entry[], text: string): Entry[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return entries
    .map((entry) => ({ entry, rank: rankOf(entry, words) }))
    .filter(({ rank }) => rank >= 0)
    .toSorted((left, right) => left.rank - right.rank)
    .map(({ entry }) => entry);
}

/** 0 is best; −1: a word is missing. */
function rankOf({ label, more = "" }: Findable, words: readonly string[]): number {
  const name = label.toLowerCase();
  const all = `${name} ${more.toLowerCase()}`;
  let worst = 0;
  for (const word of words) {
    if (!all.includes(word)) return -1;
    const isStart = name.startsWith(word);
    const isWord = ` ${name}`.includes(` ${word}`);
    worst = Math.max(worst, isStart ? 0 : isWord ? 1 : name.includes(word) ? 2 : 3);
  }
  return worst;
}
