import { useMemo } from "react";

import type { ObservationBody, TraceBody } from "@/api/traces";
import { printJson } from "@/models/json/print";
import type { Json } from "@/models/json/value";
import { CopyButton } from "@/ui/CopyButton";

import { JsonTree } from "../io/JsonTree";

/** Everything the server says about what is selected, as it says it; its texts are read apart. */
export function RawTab({ subject }: { subject: TraceBody | ObservationBody }) {
  const text = useMemo(() => printJson(subject as unknown as Json, 2), [subject]);
  return (
    <div className="p-3">
      <div className="flex justify-end pb-1">
        <CopyButton text={text} label="Copy all" />
      </div>
      <div className="overflow-hidden rounded-md border border-line">
        <JsonTree key={subject.id} value={subject as unknown as Json} label="Raw" maxRows={60} />
      </div>
    </div>
  );
}
