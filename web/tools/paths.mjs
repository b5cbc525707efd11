// Only lib/href.ts builds the app's paths: no other module may hold a text that begins as one does.
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";

const SOURCES = new URL("../src", import.meta.url).pathname;
const PATH = /["'`]\/(?:project|trace|public|organization|account|auth|setup|start)(?=["'`/?$])/;
/** The one that builds them, the one that reads them, and what speaks to the API. */
const MAY = [/^lib\/href\.ts$/, /^app\/router\.tsx$/, /^api\//, /\.test\.tsx?$/];

const found = readdirSync(SOURCES, { recursive: true, encoding: "utf8" })
  .filter((name) => /\.tsx?$/.test(name) && !MAY.some((allowed) => allowed.test(name)))
  .flatMap((name) =>
    readFileSync(join(SOURCES, name), "utf8")
      .split("\n")
      .flatMap((line, at) =>
        PATH.test(line) && !/^\s*(?:\/\*|\*|\/\/)/.test(line) ? [`${name}:${at + 1}: ${line.trim()}`] : [],
      ),
  );

for (const line of found) console.log(`${line}\n  Build it in lib/href.ts.`);
if (found.length > 0) process.exit(1);
console.log(`${relative(process.cwd(), SOURCES)}: paths are built in lib/href.ts alone`);
