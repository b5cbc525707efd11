import { useState } from "react";

import { type Access, movingFrom, snippetsFor } from "@/models/snippets/snippets";
import { CodeBlock } from "@/ui/CodeBlock";
import { Tabs } from "@/ui/Tabs";

/** The ways to send, each complete: what is copied runs. */
export function SnippetTabs({ access }: { access: Access }) {
  const [way, setWay] = useState("python");
  const snippets = snippetsFor(access);
  const snippet = snippets.find(({ id }) => id === way) ?? snippets[0];
  if (snippet === undefined) return null;
  return (
    <Tabs
      label="How to send"
      value={way}
      options={snippets.map(({ id, label }) => ({ value: id, label }))}
      onChange={setWay}
    >
      {snippet.install !== null && (
        <CodeBlock code={`${snippet.install}\n`} label="the line that installs it" className="mb-2" />
      )}
      {snippet.needs !== null && <p className="mb-2 text-12 text-text-2">{snippet.needs}</p>}
      <p className="mb-1 font-mono text-12 text-text-3">{snippet.file}</p>
      <CodeBlock code={snippet.code} label="the snippet" testId="snippet" />
    </Tabs>
  );
}

/** For programs that send elsewhere already: nothing in them changes. */
export function MovingHint({ access }: { access: Access }) {
  return (
    <details className="rounded-md border border-line px-3 py-2">
      <summary className="cursor-pointer font-medium">
        You use Langfuse already? Change only the host and the keys
      </summary>
      <p className="my-2 text-text-2">
        Every SDK of Langfuse, and every integration that speaks to it, works as it is. Set these where the program
        runs, or in its .env:
      </p>
      <CodeBlock code={movingFrom(access)} label="the variables" />
    </details>
  );
}
