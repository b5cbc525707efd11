import { formatBytes } from "@/lib/formatters";

const DATA_URI = /^data:([\w.+-]+\/[\w.+-]+)?(?:;[\w=.-]+)*;base64,/i;
const LEAST = 512;

/** Is a text nothing but encoded bytes? Such text is never written into the page. */
export const isBase64 = (text: string): boolean =>
  DATA_URI.test(text) || (text.length >= LEAST && /^[A-Za-z0-9+/_-]+={0,2}$/.test(text));

export function Base64Note({ value }: { value: string }) {
  const type = DATA_URI.exec(value)?.[1] ?? "base64";
  return (
    <span className="rounded-sm bg-chip-muted px-1 text-text-2">
      {type} · {formatBytes(Math.floor((value.length * 3) / 4))}
    </span>
  );
}

/** Text with every data URI in it replaced by what it is. */
export const withoutData = (text: string): string =>
  text.replace(
    /data:([\w.+-]+\/[\w.+-]+)(?:;[\w=.-]+)*;base64,([A-Za-z0-9+/=]{64,})/g,
    (_, type: string, data: string) => `data:${type};base64,⟨${formatBytes(Math.floor((data.length * 3) / 4))}⟩`,
  );
