/** firestore.rules beyond examples: whatever the path, the verb and who asks. */

import { readFileSync } from "node:fs";
import { type RulesTestEnvironment, initializeTestEnvironment } from "@firebase/rules-unit-testing";
import fc from "fast-check";
import {
  collection,
  collectionGroup,
  deleteDoc,
  doc,
  type Firestore,
  getDoc,
  getDocs,
  limit,
  query,
  setDoc,
  setLogLevel,
  updateDoc,
} from "firebase/firestore";
import { afterAll, beforeAll, expect, test } from "vitest";

setLogLevel("silent");

const EMULATOR = { host: "127.0.0.1", port: 8080 };
const PROJECT = "demo-shopfyp-rules-properties";
const RUNS = 600;
const rules = readFileSync(new URL("../../firestore.rules", import.meta.url), "utf8");

let environment: RulesTestEnvironment;
let stores: Record<Actor, Firestore>;

const actors = ["nobody", "me", "other", "operator"] as const;
type Actor = (typeof actors)[number];

beforeAll(async () => {
  environment = await initializeTestEnvironment({
    projectId: PROJECT,
    firestore: { ...EMULATOR, rules },
  });
  const store = (context: { firestore(): unknown }) => context.firestore() as Firestore;
  stores = {
    nobody: store(environment.unauthenticatedContext()),
    me: store(environment.authenticatedContext("me", { email: "me@shop.example" })),
    other: store(environment.authenticatedContext("other")),
    operator: store(environment.authenticatedContext("operator", { operator: true })),
  };
});

afterAll(() => environment.cleanup());

/** All that anybody may do; the functions do the rest, and no rule is asked about them. */
function isAllowed(actor: Actor, verb: string, path: string[]): boolean {
  const [root, id, below] = path;
  const reads = verb === "get" || verb === "page";
  if (root === "products") return reads && path.length <= 2;
  if (root === "clips") return verb === "get" && path.length === 2;
  if (root !== "shoppers" || id !== actor || actor === "nobody") return false;
  if (path.length === 2) return verb === "get";
  return below === "events" && reads && path.length <= 4;
}

const names = [
  ...["products", "clips", "shoppers", "events", "insights", "insights_calls", "unanswered"],
  "changes",
  ...["tombstones", "budgets", "releases", "users", "admin", "config", "exposure"],
  ...actors,
];
const segment = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...names) },
  {
    weight: 1,
    arbitrary: fc
      .string({ minLength: 1, maxLength: 12, unit: "grapheme" })
      .filter((text) => !/^\.{1,2}$|^__.*__$|\//.test(text)),
  },
);
/** As the rules know them first of all, then anything at all. */
const path = fc.oneof(
  fc.tuple(fc.constantFrom("products", "clips"), segment),
  fc.tuple(fc.constant("shoppers"), fc.constantFrom(...actors)),
  fc.tuple(fc.constant("shoppers"), fc.constantFrom(...actors), fc.constant("events"), segment),
  fc.tuple(fc.constantFrom(...names), segment),
  fc.tuple(fc.constantFrom(...names), segment, fc.constantFrom(...names), segment),
  fc.array(segment, { minLength: 1, maxLength: 6 }),
);

const verbs = ["get", "list", "page", "create", "update", "delete"] as const;

async function ask(store: Firestore, verb: (typeof verbs)[number], at: string[]): Promise<boolean> {
  const [root = "", ...rest] = at;
  const asked = {
    get: () => getDoc(doc(store, root, ...rest)),
    list: () => getDocs(collection(store, root, ...rest)),
    page: () => getDocs(query(collection(store, root, ...rest), limit(30))),
    create: () => setDoc(doc(store, root, ...rest), { user_id: "me", personalised: true }),
    update: () => updateDoc(doc(store, root, ...rest), { user_id: "me" }),
    delete: () => deleteDoc(doc(store, root, ...rest)),
  }[verb];
  try {
    await asked();
    return true;
  } catch (error) {
    if ((error as { code?: string }).code !== "permission-denied") throw error;
    return false;
  }
}

test("nothing but what is listed can be read, and nothing can be written", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...actors),
      fc.constantFrom(...verbs),
      path,
      async (actor, verb, parts) => {
        // A list is of a collection, all else of a document.
        const odd = parts.length % 2 === 1;
        const at =
          verb === "list" || verb === "page" ? (odd ? parts : parts.slice(0, -1)) : odd ? [...parts, "x"] : parts;
        expect(await ask(stores[actor], verb, at)).toBe(isAllowed(actor, verb, at));
      },
    ),
    { numRuns: RUNS, seed: 5 },
  );
});

test.each(actors)("%s cannot read all collections of one name at once", async (actor) => {
  for (const name of names) {
    await expect(getDocs(collectionGroup(stores[actor], name)), name).rejects.toMatchObject({
      code: "permission-denied",
    });
  }
});

interface Report {
  sourcePosition: { line: number };
  values?: { value: { boolValue?: boolean }; count?: number }[];
  children?: Report[];
}

test("each part of the rules was asked, and each condition was seen true and false", async () => {
  const url = `http://${EMULATOR.host}:${EMULATOR.port}/emulator/v1/projects/${PROJECT}:ruleCoverage`;
  const coverage = (await (await fetch(url)).json()) as { report: Report[] };
  const every = (reports: Report[]): Report[] =>
    reports.flatMap((report) => [report, ...every(report.children ?? [])]);
  const asked = (report: Report) => report.values?.some(({ count = 0 }) => count > 0);
  expect(every(coverage.report).filter((report) => !asked(report))).toEqual([]);

  // The report leaves out what no request ever came to: each `allow` must be in it.
  const conditions = rules.split("\n").flatMap((text, place) => {
    const condition = /allow .*: if (.*);/.exec(text)?.[1];
    // A condition that always holds is no expression to the report.
    return condition && condition !== "true" ? [place + 1] : [];
  });
  expect(conditions.length).toBeGreaterThan(0);
  for (const line of conditions) {
    const seen = coverage.report
      .filter((report) => report.sourcePosition.line === line)
      .flatMap((report) => report.values ?? [])
      .map(({ value }) => value.boolValue);
    expect([...new Set(seen)].sort(), `line ${line}`).toEqual([false, true]);
  }
});
