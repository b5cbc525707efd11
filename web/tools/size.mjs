// What each route makes a browser load, against its budget. Sizes are of gzip, which every client takes.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const KB = 1024;
const out = process.env.PANOPE_WEB_OUT ?? new URL("../../src/panope/web", import.meta.url).pathname;
const manifest = JSON.parse(readFileSync(join(out, ".vite/manifest.json"), "utf8"));

const ENTRY = "index.html";
const LIST = "src/features/explorer/pages.tsx";
const TRACE = "src/features/trace/TracePage.tsx";
const SESSION = "src/features/session/SessionPage.tsx";
const EXCHANGE = "src/features/session/Exchange.tsx";
/** Loaded at once beside the trace, whose tree does not wait for it. */
const IO = "src/features/trace/io/IoTab.tsx";
const OPEN_TRACE = [ENTRY, LIST, TRACE, IO];
/** Budgets in KB of gzip JavaScript: what a chunk makes a browser load that has loaded what comes before it. */
const ADDED = {
  [TRACE]: { limitKb: 45, after: [ENTRY, LIST] },
  "src/features/trace/TraceView.tsx": { limitKb: 45, after: [ENTRY, LIST] },
  "src/features/trace/SharedTracePage.tsx": { limitKb: 45, after: [ENTRY, LIST] },
  "src/features/trace/annotate/AnnotatePanel.tsx": { limitKb: 15, after: OPEN_TRACE },
  "src/features/trace/navigator/Minimap.tsx": { limitKb: 5, after: OPEN_TRACE },
  [IO]: { limitKb: 25, after: [ENTRY, LIST, TRACE] },
  "src/features/trace/io/Markdown.tsx": { limitKb: 50, after: OPEN_TRACE },
  "src/features/trace/transcript/TranscriptView.tsx": { limitKb: 10, after: OPEN_TRACE },
  "src/features/trace/io/ChatView.tsx": { limitKb: 10, after: OPEN_TRACE },
  "src/features/trace/inspector/tabs.ts": { limitKb: 12, after: OPEN_TRACE },
  [EXCHANGE]: { limitKb: 30, after: [ENTRY, LIST, SESSION] },
  "src/features/session/SessionComments.tsx": { limitKb: 20, after: [ENTRY, LIST, SESSION, EXCHANGE] },
  "src/features/session/TurnSteps.tsx": { limitKb: 15, after: [ENTRY, LIST, SESSION, EXCHANGE] },
};
const ANY_OTHER = { limitKb: 30, after: [ENTRY, LIST] };

const gzipBytes = (file) => gzipSync(readFileSync(join(out, file)), { level: 9 }).length;

/** A chunk's file and all that it imports at once. */
function filesOf(key, found = new Set()) {
  const chunk = manifest[key];
  if (chunk === undefined || found.has(chunk.file)) return found;
  found.add(chunk.file);
  for (const imported of chunk.imports ?? []) filesOf(imported, found);
  return found;
}

const results = [];
const check = (name, bytes, limitKb) => results.push({ name, kb: bytes / KB, limitKb });
const sum = (files) => [...files].reduce((total, file) => total + gzipBytes(file), 0);

const loadedBy = (keys) => new Set(keys.flatMap((key) => [...filesOf(key)]));
check("entry + list of traces", sum(loadedBy([ENTRY, LIST])), 230);
for (const [key, chunk] of Object.entries(manifest)) {
  if (!chunk.isDynamicEntry || key === LIST) continue;
  const { limitKb, after } = ADDED[key] ?? ANY_OTHER;
  const before = loadedBy(after);
  check(key, sum([...filesOf(key)].filter((file) => !before.has(file) && file.endsWith(".js"))), limitKb);
}

const all = readdirSync(out, { recursive: true }).filter((name) => statSync(join(out, name)).isFile());
const bytesOf = (names) => names.reduce((total, name) => total + statSync(join(out, name)).size, 0);
check("CSS", sum(all.filter((name) => name.endsWith(".css"))), 25);
check("fonts", bytesOf(all.filter((name) => name.endsWith(".woff2"))), 60);
check("everything, unpacked", bytesOf(all.filter((name) => !/\.(br|gz)$/.test(name))), 3.5 * KB);
check("everything with packed copies", bytesOf(all), 4.5 * KB);

let failed = false;
for (const { name, kb, limitKb } of results) {
  const isOver = kb > limitKb;
  failed ||= isOver;
  console.log(`${isOver ? "OVER" : "  ok"} ${kb.toFixed(1).padStart(8)} of ${String(limitKb).padStart(6)} KB  ${name}`);
}
if (failed) process.exit(1);
