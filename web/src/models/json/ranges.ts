/** A large payload as it arrives: byte ranges from the front, decoded as they join. */

export const WHOLE_LIMIT = 256 * 1024;
export const HEAD_BYTES = 32 * 1024;
export const RANGE_BYTES = 256 * 1024;

export interface ByteRange {
  from: number;
  /** Exclusive. */
  to: number;
}

/** The next range to ask for once `loaded` bytes of `size` are there; null when none is missing. */
export const nextRange = (loaded: number, size: number, step = RANGE_BYTES): ByteRange | null =>
  loaded >= size ? null : { from: loaded, to: Math.min(size, loaded + step) };

/** Joins UTF-8 ranges; a character cut by a range's end appears with the next range. */
export class TextOfRanges {
  private readonly decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  private joined = "";
  private count = 0;
  constructor(
    /** Bytes of the whole. */
    readonly size: number,
  ) {}

  /** Bytes that arrived. */
  get loaded(): number {
    return this.count;
  }
  get isWhole(): boolean {
    return this.count >= this.size;
  }
  get text(): string {
    return this.joined;
  }

  /** Takes the range that begins where the last one ended; any other is an error. */
  append(from: number, bytes: Uint8Array): void {
    if (from !== this.count) throw new RangeError(`Expected bytes from ${String(this.count)}, got ${String(from)}`);
    this.count += bytes.length;
    this.joined += this.decoder.decode(bytes, { stream: !this.isWhole });
  }
}

/** Lines for a virtual text view: broken at line ends, and softly every `width` characters, never inside a character. */
export function softLines(text: string, width = 4096): { from: number; to: number }[] {
  const lines: { from: number; to: number }[] = [];
  for (let from = 0; from <= text.length;) {
    const newline = text.indexOf("\n", from);
    const end = newline < 0 ? text.length : newline;
    while (end - from > width) {
      const isInsidePair = isHighSurrogate(text.charCodeAt(from + width - 1));
      const to = from + (isInsidePair ? width - 1 : width);
      lines.push({ from, to });
      from = to;
    }
    lines.push({ from, to: end });
    from = end + 1;
  }
  return lines;
}

const isHighSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff;
