import { printScalar } from "@/models/json/print";
import { isContainer, isObject, type Json, type JsonObject } from "@/models/json/value";

import { Words } from "./Words";

const MOST = 8;
const LONG = 60;

/** A small object of plain values of which one is text to be read: better as words under names than as a tree. */
export const isReadable = (value: Json): value is JsonObject => {
  if (!isObject(value)) return false;
  const values = Object.values(value);
  const hasWords = values.some((child) => typeof child === "string" && (child.length > LONG || child.includes("\n")));
  return values.length <= MOST && hasWords && values.every((child) => !isContainer(child));
};

export function Fields({ value }: { value: JsonObject }) {
  return (
    <dl className="flex flex-col gap-2 px-3 py-2" data-testid="fields">
      {Object.entries(value).map(([key, child]) => (
        <div key={key}>
          <dt className="font-mono text-12 text-text-3" dir="auto">
            {key}
          </dt>
          <dd>
            {typeof child === "string" ? (
              <Words text={child} />
            ) : (
              <span className="font-mono text-12">{printScalar(child)}</span>
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}
