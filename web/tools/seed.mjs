import fc from "fast-check";

// The same cases each time, so that a change is judged by itself; FC_SEED=2 vitest run explores.
fc.configureGlobal({ seed: Number(process.env["FC_SEED"] ?? 1) });
