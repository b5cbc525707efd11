import type { Turn } from "@/api/sessions";
import { Skeleton } from "@/ui/states";

/** What the list knows of the texts of a turn, until they are there. */
export function Previews({ turn }: { turn: Turn }) {
  return (
    <div className="px-3 py-1.5">
      <Preview text={turn.inputPreview} />
      <Preview text={turn.outputPreview} />
    </div>
  );
}

export function Preview({ text }: { text: string | null }) {
  if (text === null) return <Skeleton className="my-2 h-10" />;
  return (
    <p className="border-l-2 border-line-strong py-1.5 pl-3 text-text-2 wrap-anywhere" dir="auto">
      {text}
    </p>
  );
}
