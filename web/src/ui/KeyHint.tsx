import { keyCaps } from "@/lib/shortcuts";

const IS_MAC = typeof navigator !== "undefined" && /Mac|iPhone|iPad/.test(navigator.userAgent);

/** The keys of a shortcut, as caps. */
export function KeyHint({ keys }: { keys: string }) {
  return (
    <span className="inline-flex gap-0.5" aria-hidden>
      {keyCaps(keys, IS_MAC).map((cap, at) => (
        <kbd
          // oxlint-disable-next-line react/no-array-index-key -- caps have no other identity
          key={at}
          className="min-w-4.5 rounded-sm border border-line bg-bg px-1 text-center font-sans text-11 text-text-2"
        >
          {cap}
        </kbd>
      ))}
    </span>
  );
}
