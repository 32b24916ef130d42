/** firestore.rules and storage.rules on the emulators: for each allow, its deny. */

import { readFileSync } from "node:fs";
import {
  type RulesTestContext,
  type RulesTestEnvironment,
  assertFails,
  assertSucceeds,
  initializeTestEnvironment,
} from "@firebase/rules-unit-testing";
import {
  collection,
  deleteDoc,
  doc,
  getDoc,
  getDocs,
  limit,
  query,
  setDoc,
  setLogLevel,
  updateDoc,
} from "firebase/firestore";
import {
  deleteObject,
  getBytes,
  listAll,
  ref,
  uploadString,
} from "firebase/storage";
import { afterAll, beforeAll, describe, test } from "vitest";

// A denied write is what is expected here, not something to report.
setLogLevel("silent");

const rules = (name: string) =>
  readFileSync(new URL(`../../${name}`, import.meta.url), "utf8");

let environment: RulesTestEnvironment;

beforeAll(async () => {
  environment = await initializeTestEnvironment({
    // A project of its own: the emulators keep its data and rules apart from the demo's.
    projectId: "demo-shopfyp-rules",
    firestore: {
      host: "127.0.0.1",
      port: 8080,
      rules: rules("firestore.rules"),
    },
    storage: { host: "127.0.0.1", port: 9199, rules: rules("storage.rules") },
  });
  await environment.withSecurityRulesDisabled(async (context) => {
    for (const path of [...readable, ...own, ...ours, "tombstones/t1", "shoppers/other"]) {
      await setDoc(doc(context.firestore(), path), { x: 1 });
    }
  });
});

afterAll(() => environment.cleanup());

const actors: Record<string, () => RulesTestContext> = {
  nobody: () => environment.unauthenticatedContext(),
  owner: () => environment.authenticatedContext("me"),
  other: () => environment.authenticatedContext("other"),
  // The claim opens functions, and no document.
  operator: () => environment.authenticatedContext("boss", { operator: true }),
};

const readable = ["products/p1", "clips/c1"];
const own = ["shoppers/me", "shoppers/me/events/e1"];
/** What only the functions read; an unknown collection is as closed. */
const ours = [
  "insights/2026-03-01",
  "insights_calls/2026-03-01-search",
  "unanswered/q1",
  "budgets/b1",
  "changes/p1",
  "unknown/x",
];
const closed = [
  ...ours,
  "shoppers/me/secrets/s1",
  "tombstones/t1",
  "products/p1/reviews/r1",
];
const everything = [...readable, ...own, ...closed];

const mayGet: Record<string, string[]> = {
  nobody: readable,
  owner: [...readable, ...own],
  other: readable,
  operator: readable,
};
const mayList: Record<string, string[]> = {
  nobody: [],
  owner: ["shoppers/me/events"],
  other: [],
  operator: [],
};
/** What may be listed a page at a time. */
const paged = "products";
const collections = [
  "products",
  "clips",
  "shoppers",
  "shoppers/me/events",
  "insights",
  "insights_calls",
  "unanswered",
  "changes",
  "tombstones",
  "unknown",
];

describe.each(Object.keys(actors))("%s", (actor) => {
  const store = () => actors[actor]!().firestore();
  const expectation = (allowed: boolean) =>
    allowed ? assertSucceeds : assertFails;

  test.each(everything)("get %s", async (path) => {
    await expectation(mayGet[actor]!.includes(path))(
      getDoc(doc(store(), path)),
    );
  });

  test.each(collections)("list %s", async (path) => {
    await expectation(mayList[actor]!.includes(path))(
      getDocs(collection(store(), path)),
    );
    const page = (most: number) => getDocs(query(collection(store(), path), limit(most)));
    const allowed = mayList[actor]!.includes(path);
    await expectation(allowed || path === paged)(page(30));
    await expectation(allowed)(page(31));
  });

  test.each(everything)(
    "create, update and delete %s are denied",
    async (path) => {
      await assertFails(setDoc(doc(store(), `${path}-new`), { x: 2 }));
      await assertFails(updateDoc(doc(store(), path), { x: 2 }));
      await assertFails(deleteDoc(doc(store(), path)));
    },
  );

  test("storage is closed", async () => {
    const pointer = ref(actors[actor]!().storage(), "releases/current.json");
    await assertFails(uploadString(pointer, "{}"));
    await assertFails(getBytes(pointer));
    await assertFails(deleteObject(pointer));
    await assertFails(listAll(ref(actors[actor]!().storage(), "releases")));
  });
});
