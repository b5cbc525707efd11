/** Text with the words that were sought marked. */
export function Highlighted({ text, words }: { text: string; words: readonly string[] }) {
  const found = words.filter((word) => word !== "");
  if (found.length === 0) return text;
  const pattern = new RegExp(`(${found.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|")})`, "gi");
  return text.split(pattern).map((piece, at) =>
    // Every second piece is a match.
    at % 2 === 1 ? (
      // oxlint-disable-next-line react/no-array-index-key -- pieces have no other identity
      <mark key={at} className="rounded-[2px] bg-chip-warn text-text">
        {piece}
      </mark>
    ) : (
      piece
    ),
  );
}
