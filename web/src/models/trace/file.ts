/** A trace as a file: what is known of it, and its observations. */
import { printJson } from "@/models/json/print";
import type { JsonObject } from "@/models/json/value";

/** `lines`: the observations as lines of JSON. They go in as they are: reading them could lose digits of numbers. */
export function traceFile(trace: JsonObject, lines: string): string {
  const observations = lines.split("\n").filter((line) => line !== "");
  return `{"trace":${printJson(trace, 2)},\n"observations":[\n${observations.join(",\n")}\n]}\n`;
}

/** Name of the file of an object. */
export const fileNameOf = (id: string, extension: string): string =>
  `${id.replaceAll(/[^\w.-]+/g, "_").slice(0, 100)}.${extension}`;
