/** storage.rules: whatever the object, the verb and who asks, clients get nothing. */

import { readFileSync } from "node:fs";
import { type RulesTestEnvironment, initializeTestEnvironment } from "@firebase/rules-unit-testing";
import fc from "fast-check";
import {
  deleteObject,
  type FirebaseStorage,
  getBytes,
  getDownloadURL,
  getMetadata,
  list,
  ref,
  updateMetadata,
  uploadString,
} from "firebase/storage";
import { afterAll, beforeAll, expect, test } from "vitest";

const RUNS = 300;
const rules = readFileSync(new URL("../../storage.rules", import.meta.url), "utf8");
const actors = ["nobody", "me", "other", "operator"] as const;

let environment: RulesTestEnvironment;
let buckets: Record<(typeof actors)[number], FirebaseStorage>;

beforeAll(async () => {
  environment = await initializeTestEnvironment({
    projectId: "demo-shopfyp-rules-storage",
    storage: { host: "127.0.0.1", port: 9199, rules },
  });
  const bucket = (context: { storage(): unknown }) => context.storage() as FirebaseStorage;
  buckets = {
    nobody: bucket(environment.unauthenticatedContext()),
    me: bucket(environment.authenticatedContext("me", { email: "me@shop.example" })),
    other: bucket(environment.authenticatedContext("other")),
    operator: bucket(environment.authenticatedContext("operator", { operator: true })),
  };
});

afterAll(() => environment.cleanup());

const verbs = {
  get: getBytes,
  link: getDownloadURL,
  describe: getMetadata,
  list: (at) => list(at, { maxResults: 1 }),
  write: (at) => uploadString(at, "{}"),
  relabel: (at) => updateMetadata(at, { contentType: "text/html" }),
  delete: deleteObject,
} satisfies Record<string, (at: ReturnType<typeof ref>) => Promise<unknown>>;

const segment = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom("releases", "current.json", "shoppers", ...actors, "manifest.json") },
  {
    weight: 1,
    arbitrary: fc
      .string({ minLength: 1, maxLength: 12, unit: "grapheme" })
      .filter((text) => text.isWellFormed() && !/^\.{1,2}$|[/\r\n]/.test(text)),
  },
);
const path = fc.oneof(
  fc.constantFrom("releases/current.json", "suggestions.json", "feed.json"),
  fc.array(segment, { minLength: 1, maxLength: 5 }).map((parts) => parts.join("/")),
);

test("no object can be read, listed, written or deleted", async () => {
  const seen = new Set<string>();
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...actors),
      fc.constantFrom(...(Object.keys(verbs) as (keyof typeof verbs)[])),
      path,
      async (actor, verb, at) => {
        seen.add(`${actor} ${verb}`);
        await expect(verbs[verb](ref(buckets[actor], at)), `${actor} ${verb} ${at}`).rejects.toMatchObject({
          code: "storage/unauthorized",
        });
      },
    ),
    { numRuns: RUNS, seed: 5 },
  );
  expect(seen.size).toBe(actors.length * Object.keys(verbs).length);
});

// Where the emulator's own rules runtime cannot be had, its stand-in denies whatever they say.
test("the rules close every object of every bucket, and say nothing else", () => {
  const said = rules.replaceAll(/\/\/.*/g, "");
  expect(said.match(/match [^\n]*(?= \{)/g)).toEqual(["match /b/{bucket}/o", "match /{allPaths=**}"]);
  expect(said.match(/allow[^;]*;/g)).toEqual(["allow read, write: if false;"]);
});
