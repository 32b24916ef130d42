import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [react()],
  build: { target: "es2022", chunkSizeWarningLimit: 600 },
  test: { environment: "jsdom", setupFiles: "./src/test-setup.ts" },
});
