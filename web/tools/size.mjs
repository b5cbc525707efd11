// What each route makes a browser load, against its budget. Sizes are of gzip, which every client takes.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const KB = 1024;
const out = process.env.PANOPE_WEB_OUT ?? new URL("../../src/panope/web", import.meta.url).pathname;
const manifest = JSON.parse(readFileSync(join(out, ".vite/manifest.json"), "utf8"));

const ENTRY = "index.html";
const LIST = "src/features/explorer/ExplorerPage.tsx";
/** Budgets in KB of gzip JavaScript beyond entry and list; a route that is not named has the last one. */
const TRACE = "src/features/trace/TraceView.tsx";
const ROUTES = { "src/features/trace/TracePage.tsx": 45, [TRACE]: 45 };
const OTHER_ROUTE_KB = 30;
/** Chunks that the page of a trace loads later, when they are needed: what it has already does not count again. */
const LAZY = { "src/features/trace/io/Markdown.tsx": 50, "src/features/trace/transcript/TranscriptView.tsx": 10, "src/features/trace/inspector/tabs.ts": 10 };

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

const trace = filesOf(TRACE);
const list = new Set([...filesOf(ENTRY), ...filesOf(LIST)]);
check("entry + list of traces", sum(list), 230);
for (const [key, chunk] of Object.entries(manifest)) {
    if (!chunk.isDynamicEntry || key === LIST) continue;
    const isThere = (file) => list.has(file) || (key in LAZY && trace.has(file));
    const more = [...filesOf(key)].filter((file) => !isThere(file) && file.endsWith(".js"));
    check(key, sum(more), LAZY[key] ?? ROUTES[key] ?? OTHER_ROUTE_KB);
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
    console.log(
        `${isOver ? "OVER" : "  ok"} ${kb.toFixed(1).padStart(8)} of ${String(limitKb).padStart(6)} KB  ${name}`,
    );
}
if (failed) process.exit(1);
