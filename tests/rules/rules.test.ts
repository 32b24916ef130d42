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
  "insights/2026-03",
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
/** What may be listed so many at a time; nothing may be as a whole. */
const mayList: Record<string, Record<string, number>> = {
  nobody: { products: 30 },
  owner: { products: 30, "shoppers/me/events": 50 },
  other: { products: 30 },
  operator: { products: 30 },
};
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
    const page = (count: number) => getDocs(query(collection(store(), path), limit(count)));
    const most = mayList[actor]![path] ?? 0;
    await assertFails(getDocs(collection(store(), path)));
    await assertFails(page(most + 1));
    if (most) await assertSucceeds(page(most));
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
