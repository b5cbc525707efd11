import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const SERVER = process.env["PANOPE_SERVER"] ?? "http://127.0.0.1:3001";
const OF_THE_SERVER = ["/api", "/auth", "/setup", "/metrics"];

export default defineConfig({
  // Relative, so that `<base href>`, which the server writes, decides where the app lives.
  base: "./",
  plugins: [react(), tailwindcss()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  build: {
    target: "es2022",
    outDir: process.env["PANOPE_WEB_OUT"] ?? "../src/panope/web",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    manifest: true, // tools/size.mjs reads it
  },
  server: {
    proxy: Object.fromEntries(OF_THE_SERVER.map((path) => [path, { target: SERVER, changeOrigin: false }])),
  },
  test: {
    include: ["src/**/*.test.{ts,tsx}"],
    setupFiles: ["./tools/seed.mjs"],
    testTimeout: 30_000, // thousands of cases on a busy machine
    coverage: {
      provider: "v8",
      include: ["src/models/**", "src/lib/**"],
      thresholds: { "src/models/**": { lines: 100, functions: 100 } },
    },
  },
});
