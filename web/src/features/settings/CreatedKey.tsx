import { Download, TriangleAlert } from "lucide-react";

import type { CreatedKey as Key } from "@/api/projects";
import { saveText } from "@/lib/download";
import { type Access, environmentOf } from "@/models/snippets/snippets";
import { Button } from "@/ui/Button";
import { CopyButton } from "@/ui/CopyButton";

/** A new pair, which shows its secret this once: it is nowhere but on this page. */
export function CreatedKey({ created, access }: { created: Key; access: Access }) {
  return (
    <div data-testid="created-key" className="rounded-md border border-line bg-panel p-3">
      <p className="flex items-start gap-2 text-12 text-warn">
        <TriangleAlert className="mt-0.5 size-3.5 shrink-0" strokeWidth={2} aria-hidden />
        The secret key shows this once. Copy it now: nobody can read it again.
      </p>
      <dl className="mt-2 grid grid-cols-[auto_minmax(0,1fr)] items-center gap-x-3 gap-y-1">
        <Half label="Public key" text={created.publicKey} testId="public-key" />
        <Half label="Secret key" text={created.secretKey} testId="secret-key" />
      </dl>
      <Button className="mt-3" onClick={() => saveText(".env", environmentOf(access))}>
        <Download className="size-4" strokeWidth={1.75} aria-hidden />
        Download .env
      </Button>
    </div>
  );
}

function Half({ label, text, testId }: { label: string; text: string; testId: string }) {
  return (
    <>
      <dt className="text-12 text-text-2">{label}</dt>
      <dd className="flex min-w-0 items-center gap-1">
        <code data-testid={testId} className="min-w-0 font-mono text-12 break-all">
          {text}
        </code>
        <CopyButton text={text} label={`Copy the ${label.toLowerCase()}`} />
      </dd>
    </>
  );
}
