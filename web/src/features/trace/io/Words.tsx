import { lazy, Suspense } from "react";

import { usePreferences } from "@/lib/preferences";

import { TextView } from "./TextView";
import { withoutData } from "./Base64Note";

const Markdown = lazy(() => import("./Markdown"));
const MARKDOWN_LIMIT = 100_000;
const LOOKS_MARKED = /[*_`#|~[\]<>-]|^\s*\d+\.|https?:/m;

/** Words of a message: as Markdown, or plain if that is preferred, if they are very long, or if nothing in them is marked. */
export function Words({ text }: { text: string }) {
  const { trace } = usePreferences();
  if (text.length > MARKDOWN_LIMIT) return <TextView text={text} label="Text" />;
  const plain = (
    <div className="break-words whitespace-pre-wrap" dir="auto">
      {withoutData(text)}
    </div>
  );
  if (trace.isPlain || !LOOKS_MARKED.test(text)) return plain;
  return (
    <Suspense fallback={plain}>
      <Markdown text={withoutData(text)} />
    </Suspense>
  );
}
