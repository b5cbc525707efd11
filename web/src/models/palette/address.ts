/** What an address names: of this server, of another, or a path alone. Its project may be unknown here. */

export interface Address {
  kind: "trace" | "session" | "user";
  id: string;
  /** null: the address does not say. */
  projectId: string | null;
  observationId: string | null;
}

const KINDS: Readonly<Record<string, Address["kind"]>> = { traces: "trace", sessions: "session", users: "user" };

/** Read an address, whatever stands before `/project/`; null when it names no object. Never throws. */
export function readAddress(text: string): Address | null {
  let url: URL;
  try {
    url = new URL(text.trim(), "http://here.invalid");
  } catch {
    return null;
  }
  const segments = url.pathname.split("/").map(decoded);
  const { searchParams } = url;
  const observationId = searchParams.get("observation");
  const at = segments.indexOf("project");
  const projectId = at < 0 ? null : (segments[at + 1] ?? null);
  const list = at < 0 ? undefined : segments[at + 2];
  const peek = searchParams.get("peek");
  if (list !== undefined && peek !== null && peek !== "") {
    const traceId = searchParams.get("traceId");
    if (traceId !== null) return { kind: "trace", id: traceId, projectId, observationId: observationId ?? peek };
    if (list === "traces") return { kind: "trace", id: peek, projectId, observationId };
  }
  const kind = KINDS[list ?? ""];
  if (kind !== undefined) {
    const named = segments[at + 3] ?? "";
    const id = named === "-" ? (searchParams.get("id") ?? named) : named;
    return id === "" || segments.length > at + 4 || named === "setup" ? null : { kind, id, projectId, observationId };
  }
  const short = /\/(?:public\/traces|trace)\/([^/]+)$/.exec(url.pathname);
  return short === null ? null : { kind: "trace", id: decoded(short[1] ?? ""), projectId: null, observationId };
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** Whether a text may be an id that somebody pasted: one word, not a term of the query language. */
export function mayBeId(text: string): boolean {
  return text.length >= 4 && text.length <= 800 && !/\s/.test(text) && !/^-?[a-z]+(?:\.[^:]+)?:/.test(text);
}
