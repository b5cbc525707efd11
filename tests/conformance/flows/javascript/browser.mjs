// A page in a browser: scores by the public key alone, from another origin.
import { LangfuseWeb } from "langfuse";

const RUN = process.argv[2];
const HOST = process.env.LANGFUSE_BASE_URL;
const PUBLIC_KEY = process.env.LANGFUSE_PUBLIC_KEY;
const ORIGIN = "https://shop.example";
const BEARER = { Authorization: `Bearer ${PUBLIC_KEY}`, "Content-Type": "application/json", Origin: ORIGIN };
const SECRET = Buffer.from(`${PUBLIC_KEY}:${process.env.LANGFUSE_SECRET_KEY}`).toString("base64");

async function call(method, path, body, headers = BEARER) {
  const answer = await fetch(`${HOST}/api/public${path}`, { method, headers, body: body && JSON.stringify(body) });
  return { status: answer.status, origin: answer.headers.get("access-control-allow-origin"), body: await answer.json() };
}

async function preflight(path) {
  const answer = await fetch(`${HOST}/api/public${path}`, {
    method: "OPTIONS",
    headers: {
      Origin: ORIGIN,
      "Access-Control-Request-Method": "POST",
      "Access-Control-Request-Headers": "authorization,content-type,x-langfuse-sdk-name",
    },
  });
  const allowed = ["origin", "methods", "headers"].map((name) => answer.headers.get(`access-control-allow-${name}`));
  return { ok: answer.ok, allowed };
}

const web = new LangfuseWeb({ publicKey: PUBLIC_KEY, baseUrl: HOST });
await web.score({ id: `w-${RUN}`, traceId: `page-${RUN}`, name: "thumb", value: 1, comment: "by the web client" });
const score = (id, value) => ({ id, traceId: `page-${RUN}`, name: "thumb", value });
const event = (id, type, body) => ({ id: `${id}-event-${RUN}`, timestamp: new Date().toISOString(), type, body });
const facts = {
  batch: await call("POST", "/ingestion", {
    batch: [
      event("i", "score-create", score(`i-${RUN}`, 2)),
      event("t", "trace-create", { id: `stolen-${RUN}`, name: "no" }),
    ],
  }),
  posted: await call("POST", "/scores", score(`p-${RUN}`, 3)),
  reading: await call("GET", "/traces"),
  wrongKey: await call("POST", "/scores", score(`x-${RUN}`, 4), { ...BEARER, Authorization: "Bearer pk-lf-no" }),
  preflights: [await preflight("/ingestion"), await preflight("/scores")],
  scores: await call("GET", `/v2/scores?traceId=page-${RUN}`, undefined, { Authorization: `Basic ${SECRET}` }),
  stolen: await call("GET", `/traces/stolen-${RUN}`, undefined, { Authorization: `Basic ${SECRET}` }),
};
console.log(JSON.stringify(facts));
