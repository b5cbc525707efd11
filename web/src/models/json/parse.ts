/**
 * JSON without loss: numbers keep their source text, and the head of a larger text gives what it has of the value.
 * Iterative, so that nesting is bounded by memory and not by the stack.
 */
import { ExactNumber, put, type Json, type JsonArray, type JsonObject } from "./value";

export class JsonSyntaxError extends Error {
  constructor(
    message: string,
    /** Index of the character (UTF-16) that could not be read. */
    readonly offset: number,
  ) {
    super(`${message} at character ${String(offset)}`);
  }
}

export interface Parsed {
  value: Json;
  /** The text ended before the value did: what is missing at the end is missing from `value`. */
  isPartial: boolean;
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const NUMBER_CHARACTERS = /[-+.eE\d]*/y;
const NUMBER_HEAD = /^(?:-?(?:(?:0|[1-9]\d*)(?:\.\d*)?(?:(?<=\d)[eE][+-]?\d*)?)?)$/;
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  "\\": "\\",
  "/": "/",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
};
const LITERALS: readonly [string, Json][] = [
  ["true", true],
  ["false", false],
  ["null", null],
];
const VALUES_PER_STEP = 2_000;
const ENDED = Symbol("ended");
type Ended = typeof ENDED;
type Frame = { into: JsonArray } | { into: JsonObject; key: string };

/** The value of a whole JSON text; throws JsonSyntaxError on anything else. */
export function parseJson(text: string): Json {
  const parsed = new Parser(text).run();
  if (parsed.isPartial) throw new JsonSyntaxError("The text ends early", text.length);
  return parsed.value;
}

/** The value of a JSON text or of its beginning; throws JsonSyntaxError where no continuation could be JSON. */
export const parseHead = (text: string): Parsed => new Parser(text).run();

/** `parseHead` in steps, between which the page can do other things: after every few thousand values it yields. */
export const parseSteps = (text: string): Generator<void, Parsed> => new Parser(text).steps();

/** The value of a text, or undefined where it is no JSON. */
export function tryParse(text: string): Json | undefined {
  try {
    return parseJson(text);
  } catch (error) {
    if (error instanceof JsonSyntaxError) return undefined;
    throw error;
  }
}

/** A number as its source says: a plain one where that loses nothing. */
export const numberOf = (source: string): number | ExactNumber => {
  const value = Number(source);
  return String(value) === source ? value : new ExactNumber(source);
};

class Parser {
  private at = 0;
  private readonly stack: Frame[] = [];
  private root: Json = null;
  constructor(private readonly text: string) {}

  run(): Parsed {
    const steps = this.steps();
    for (;;) {
      const { done, value } = steps.next();
      if (done === true) return value;
    }
  }

  *steps(): Generator<void, Parsed> {
    const isPartial = (yield* this.values()) === ENDED;
    if (!isPartial) {
      this.space();
      if (this.at < this.text.length) this.fail("Unexpected text after the value");
    }
    return { value: this.root, isPartial };
  }

  /** Reads values until the outermost one is complete. */
  private *values(): Generator<void, Ended | undefined> {
    for (let count = 1; ; count += 1) {
      if (count % VALUES_PER_STEP === 0) yield;
      if (this.open() === ENDED) return ENDED;
      for (;;) {
        const frame = this.stack.at(-1);
        if (!frame) return undefined;
        const next = this.following(frame);
        if (next === ENDED) return ENDED;
        if (next === "value") break;
        this.stack.pop();
      }
    }
  }

  /** After a value inside a container: is there another one, or does the container end? */
  private following(frame: Frame): Ended | "value" | "end" {
    const close = "key" in frame ? "}" : "]";
    this.space();
    const char = this.text[this.at];
    if (char === undefined) return ENDED;
    this.at += 1;
    if (char === close) return "end";
    if (char !== ",") this.fail(`Expected , or ${close}`, this.at - 1);
    return "key" in frame ? this.key(frame) : "value";
  }

  private key(frame: Frame & { key: string }): Ended | "value" {
    this.space();
    if (this.at >= this.text.length) return ENDED;
    if (this.text[this.at] !== '"') this.fail("Expected a key");
    const key = this.string();
    if (key.isCut) return ENDED;
    this.space();
    if (this.at >= this.text.length) return ENDED;
    if (this.text[this.at] !== ":") this.fail("Expected :");
    this.at += 1;
    frame.key = key.value;
    return "value";
  }

  /** Reads a scalar, or enters containers until one has a first value or is empty. */
  private open(): Ended | undefined {
    for (;;) {
      this.space();
      const char = this.text[this.at];
      if (char === undefined) return ENDED;
      if (char !== "{" && char !== "[") return this.scalar(char);
      this.at += 1;
      const frame: Frame = char === "{" ? { into: {}, key: "" } : { into: [] };
      this.add(frame.into);
      this.space();
      const first = this.text[this.at];
      if (first === undefined) return ENDED;
      if (first === (char === "{" ? "}" : "]")) {
        this.at += 1;
        return undefined;
      }
      this.stack.push(frame);
      if ("key" in frame && this.key(frame) === ENDED) return ENDED;
    }
  }

  private scalar(char: string): Ended | undefined {
    if (char === '"') {
      const { value, isCut } = this.string();
      this.add(value);
      return isCut ? ENDED : undefined;
    }
    for (const [literal, value] of LITERALS) {
      if (this.text.startsWith(literal, this.at)) {
        this.at += literal.length;
        this.add(value);
        return undefined;
      }
      if (literal.startsWith(this.text.slice(this.at))) return ENDED;
    }
    return this.number();
  }

  private number(): Ended | undefined {
    const run = this.match(NUMBER_CHARACTERS);
    const source = this.match(NUMBER);
    const reachesEnd = this.at + run.length === this.text.length;
    if (reachesEnd && (this.stack.length > 0 || source !== run) && NUMBER_HEAD.test(run)) return ENDED;
    if (source === "") this.fail("Unexpected character");
    this.add(numberOf(source));
    this.at += source.length;
    return undefined;
  }

  /** What a sticky pattern matches here, perhaps nothing. */
  private match(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    return pattern.exec(this.text)?.[0] ?? "";
  }

  private string(): { value: string; isCut: boolean } {
    const { text } = this;
    let value = "";
    let from = (this.at += 1);
    for (;;) {
      const char = text.charCodeAt(this.at);
      if (char === 0x22) {
        value += text.slice(from, this.at);
        this.at += 1;
        return { value, isCut: false };
      }
      if (Number.isNaN(char)) return { value: value + text.slice(from, this.at), isCut: true };
      if (char < 0x20) this.fail("A control character inside a string");
      this.at += 1;
      if (char !== 0x5c) continue;
      value += text.slice(from, this.at - 1);
      const escaped = this.escape();
      if (escaped === ENDED) return { value, isCut: true };
      value += escaped;
      from = this.at;
    }
  }

  private escape(): string | Ended {
    const char = this.text[this.at];
    if (char === undefined) return ENDED;
    this.at += 1;
    if (char === "u") {
      const digits = this.text.slice(this.at, this.at + 4);
      if (!/^[\dA-Fa-f]*$/.test(digits)) this.fail("Expected four hexadecimal digits");
      this.at += digits.length;
      return digits.length < 4 ? ENDED : String.fromCharCode(Number.parseInt(digits, 16));
    }
    const plain = ESCAPES[char];
    if (plain === undefined) this.fail("Unknown escape", this.at - 1);
    return plain;
  }

  private add(value: Json): void {
    const frame = this.stack.at(-1);
    if (!frame) this.root = value;
    else if ("key" in frame) put(frame.into, frame.key, value);
    else frame.into.push(value);
  }

  private space(): void {
    for (;;) {
      const char = this.text.charCodeAt(this.at);
      if (char !== 0x20 && char !== 0x0a && char !== 0x0d && char !== 0x09) return;
      this.at += 1;
    }
  }

  private fail(message: string, offset = this.at): never {
    throw new JsonSyntaxError(message, offset);
  }
}
