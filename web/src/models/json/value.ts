/** A number whose source text a double cannot give back: beyond 2^53, `1.0`, `1e400`. It is shown as it was written. */
export class ExactNumber {
  constructor(readonly source: string) {}
  toString(): string {
    return this.source;
  }
}

export interface JsonObject {
  [key: string]: Json;
}
export type JsonArray = Json[];
/** A parsed value. A number is a plain one whenever that prints as its source did, else an ExactNumber. */
export type Json = null | boolean | number | string | ExactNumber | JsonArray | JsonObject;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof ExactNumber);
export const isArray = (value: unknown): value is JsonArray => Array.isArray(value);
export const isContainer = (value: unknown): value is JsonArray | JsonObject => isObject(value) || isArray(value);

/** The own value of a key, undefined when there is none: `__proto__` and `toString` are keys like any other. */
export const at = (value: JsonObject, key: string): Json | undefined =>
  Object.prototype.hasOwnProperty.call(value, key) ? value[key] : undefined;

/** Sets a key as data, whatever its name. */
export function put(target: JsonObject, key: string, value: Json): void {
  if (key === "__proto__")
    Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
  else target[key] = value;
}
