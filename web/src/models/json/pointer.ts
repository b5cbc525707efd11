/** Where a value is inside another: a JSON pointer (RFC 6901) as its identity, a path as people write it for copying. */
import { at, isArray, isObject, type Json } from "./value";

export const ROOT = "";
const escaped = (key: string): string => key.replaceAll("~", "~0").replaceAll("/", "~1");
const unescaped = (key: string): string => key.replaceAll("~1", "/").replaceAll("~0", "~");

export const childPointer = (parent: string, key: string | number): string =>
  `${parent}/${typeof key === "number" ? String(key) : escaped(key)}`;

export const parentPointer = (pointer: string): string => pointer.slice(0, Math.max(0, pointer.lastIndexOf("/")));

export const segmentsOf = (pointer: string): string[] =>
  pointer === ROOT ? [] : pointer.slice(1).split("/").map(unescaped);

/** The pointers of everything around a value, outermost first, without itself. */
export function ancestorsOf(pointer: string): string[] {
  const result: string[] = [];
  for (let current = pointer; current !== ROOT;) {
    current = parentPointer(current);
    result.push(current);
  }
  return result.toReversed();
}

/** The value at a pointer, undefined where there is none. */
export function valueAt(root: Json, pointer: string): Json | undefined {
  let value: Json | undefined = root;
  for (const segment of segmentsOf(pointer)) {
    if (isArray(value)) value = /^(?:0|[1-9]\d*)$/.test(segment) ? value[Number(segment)] : undefined;
    else if (isObject(value)) value = at(value, segment);
    else return undefined;
  }
  return value;
}

/** `messages[0].content["a b"]`; `$` for the root. */
export function readablePath(root: Json, pointer: string): string {
  let value: Json | undefined = root;
  let text = "";
  for (const segment of segmentsOf(pointer)) {
    if (isArray(value)) text += `[${segment}]`;
    else if (/^[A-Za-z_$][\w$]*$/.test(segment)) text += text ? `.${segment}` : segment;
    else text += `[${JSON.stringify(segment)}]`;
    value = value === undefined ? undefined : valueAt(value, `/${escaped(segment)}`);
  }
  return text || "$";
}
