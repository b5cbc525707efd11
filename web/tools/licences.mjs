/** Writes THIRD_PARTY.txt beside the built app: every package that may be in it, with its licence. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const out = process.env.PANOPE_WEB_OUT ?? join(root, "../src/panope/web");
const { packages } = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));

/** The licence's own words, as the package brings them. */
function words(folder) {
  const name = readdirSync(folder).find((file) => /^licen[cs]e(\.|$)/i.test(file));
  return name === undefined ? "" : readFileSync(join(folder, name), "utf8").trim();
}

function describe(path) {
  const folder = join(root, path);
  const { name, version, license, homepage } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const head = [`${name} ${version}`, license ?? "licence: see below", homepage].filter(Boolean).join("\n");
  return `${head}\n\n${words(folder)}`.trim();
}

const bundled = Object.entries(packages)
  .filter(([path, entry]) => path !== "" && !entry.dev && existsSync(join(root, path, "package.json")))
  .map(([path]) => path)
  .toSorted();
const title = "The web app of panope holds code of these packages.";
writeFileSync(join(out, "THIRD_PARTY.txt"), `${[title, ...bundled.map(describe)].join(`\n\n${"-".repeat(72)}\n\n`)}\n`);
