import { usePreferences } from "@/lib/preferences";
import { deferred } from "@/ui/deferred";

import { TextView } from "./TextView";
import { withoutData } from "./Base64Note";
import { Stored } from "./MediaView";
import { splitReferences } from "./media";

const Markdown = deferred(() => import("./Markdown").then((module) => module.default));
const MARKDOWN_LIMIT = 100_000;
const LOOKS_MARKED = /[*_`#|~[\]<>-]|^\s*\d+\.|https?:/m;

/** Words, with the media that they refer to shown where the reference stands. */
export function Words({ text }: { text: string }) {
  if (!text.includes("@@@langfuseMedia:")) return <Plain text={text} />;
  return splitReferences(text).map((piece, at) => {
    // oxlint-disable-next-line react/no-array-index-key -- a piece is its place
    return typeof piece === "string" ? <Plain key={at} text={piece} /> : <Stored key={at} reference={piece} />;
  });
}

/** Words of a message: as Markdown, or plain if that is preferred, if they are very long, or if nothing in them is marked. */
function Plain({ text }: { text: string }) {
  const { trace } = usePreferences();
  if (text.length > MARKDOWN_LIMIT) return <TextView text={text} label="Text" />;
  const plain = (
    <div className="break-words whitespace-pre-wrap" dir="auto">
      {withoutData(text)}
    </div>
  );
  if (trace.isPlain || !LOOKS_MARKED.test(text)) return plain;
  return <Markdown text={withoutData(text)} fallback={plain} />;
}
