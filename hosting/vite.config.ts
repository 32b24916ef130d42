import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { VitePWA } from "vite-plugin-pwa";
import { defineConfig } from "vitest/config";

const WEEK_S = 7 * 24 * 3600;

/**
 * What is opened by its address and is not the app, by its path and query: what is reserved, and
 * files, in their folders or beside index.html. A query or a product's id may have a dot as well.
 * And the operators' page, whose script is not kept: after a deployment the kept app asks in vain.
 */
export const NOT_THE_APP = [/^\/__\//, /^\/(assets|demo)\/|^\/[^/?]+\.\w+$/, /^\/insights\b/];

/**
 * The app's largest script is asked for with the page, and not once its entry has come: before all
 * else, as it takes longest, but it yields the line to the feed and its first poster.
 */
function preloadApp(): Plugin {
  return {
    name: "preload-app",
    transformIndexHtml: {
      order: "post",
      handler: (_, { bundle = {} }) =>
        Object.values(bundle)
          .filter((chunk) => chunk.type === "chunk" && chunk.name === "vendor")
          .map(({ fileName }) => {
            const how = { rel: "modulepreload", fetchpriority: "low", crossorigin: true };
            return {
              tag: "link",
              attrs: { ...how, href: `/${fileName}` },
              injectTo: "head-prepend",
            };
          }),
    },
  };
}

export default defineConfig({
  plugins: [
    react(),
    preloadApp(),
    VitePWA({
      // A new version waits until the app is closed: nothing is loaded anew under a shopper's eyes.
      registerType: "prompt",
      injectRegister: false,
      // It is a file in public/, and `installOffline` links it: the first view goes before it.
      manifest: false,
      workbox: {
        globPatterns: ["index.html", "assets/*.{js,css}"],
        // Pages of their own: what an operator or a rare visit needs is not sent to everyone.
        globIgnores: ["assets/Insights*"],
        clientsClaim: true,
        navigateFallback: "/index.html",
        navigateFallbackDenylist: NOT_THE_APP,
        runtimeCaching: [
          {
            urlPattern: /\/(feed|suggestions|__\/firebase\/init)\.json$/,
            handler: "NetworkFirst",
            options: { cacheName: "release", networkTimeoutSeconds: 3 },
          },
          {
            urlPattern: ({ request }) => request.destination === "image",
            handler: "StaleWhileRevalidate",
            options: {
              cacheName: "pictures",
              expiration: { maxEntries: 200, maxAgeSeconds: WEEK_S, purgeOnQuotaError: true },
            },
          },
          {
            // Watched clips are put there by the app: the browser asks for parts only.
            urlPattern: ({ request }) => request.destination === "video",
            handler: "CacheFirst",
            options: {
              cacheName: "clips",
              rangeRequests: true,
              cacheableResponse: { statuses: [200] },
              expiration: { maxEntries: 20, maxAgeSeconds: WEEK_S, purgeOnQuotaError: true },
            },
          },
        ],
      },
    }),
  ],
  build: {
    target: "es2022",
    chunkSizeWarningLimit: 600,
    // A browser that cannot preload modules asks for them when they are imported.
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        codeSplitting: {
          includeDependenciesRecursively: false,
          groups: [
            // Stays as it is from one deployment to the next.
            {
              name: "vendor",
              test: /node_modules.(@tanstack|react|react-dom|react-router|scheduler)./,
            },
            // What pages share, as one file; not what comes before the app, or long after it. The
            // feed's styles are there too, as each file more that comes first delays the others;
            // and our idb, which is not Firebase's.
            {
              name: "shared",
              test: /src.(components|features.shop-card|lib.(?!http|operator|sdk|strings.(account|insights))|(app|features.feed).\w+.module.css)|hosting.node_modules.idb/,
            },
          ],
        },
      },
    },
  },
  // Of a stylesheet a test has its classes' names, or its text where it asks for that.
  test: { environment: "jsdom", setupFiles: "./src/test-setup.ts", css: { include: /\?raw$/ } },
});
