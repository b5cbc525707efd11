// Packs the built files beforehand, so that the server never has to: .br and .gz beside each that gets smaller.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { extname, join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const TEXT = new Set([".css", ".js", ".json", ".svg", ".txt"]);
const LEAST_BYTES = 512;

const out = process.env.PANOPE_WEB_OUT ?? new URL("../../src/panope/web", import.meta.url).pathname;

for (const entry of readdirSync(out, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile() || !TEXT.has(extname(entry.name)) || entry.parentPath.includes(".vite")) continue;
  const path = join(entry.parentPath, entry.name);
  const content = readFileSync(path);
  if (content.length < LEAST_BYTES) continue;
  const options = {
    params: { [constants.BROTLI_PARAM_QUALITY]: 10, [constants.BROTLI_PARAM_SIZE_HINT]: content.length },
  };
  writeFileSync(`${path}.br`, brotliCompressSync(content, options));
  writeFileSync(`${path}.gz`, gzipSync(content, { level: 9 }));
}
