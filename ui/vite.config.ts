import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [react()],
  // The web view serves the files under its own protocol: no absolute paths.
  base: "./",
  clearScreen: false,
  server: { port: 5173, strictPort: true },
  build: {
    outDir: "dist",
    emptyOutDir: true,
    target: "es2022",
    // Inlined assets would need `data:` in the content security policy.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 2000,
    // The window, and the page that takes pictures for `wissil picture`.
    rollupOptions: { input: ["index.html", "picture.html"] },
  },
  test: {
    environment: "happy-dom",
    setupFiles: ["src/testing/setup.ts"],
    restoreMocks: true,
    // A deadline, not a measure: machines that build at the same time are slow.
    testTimeout: 60_000,
  },
});
