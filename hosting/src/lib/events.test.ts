import { deleteDB } from "idb";
import { afterEach, expect, test, vi } from "vitest";
import type { ShopEvent } from "./api";
import { EventQueue } from "./events";

let number = 0;

/** A queue in a database of its own, and what it has sent. */
function queueWith(send: (events: ShopEvent[]) => Promise<void>, name = `queue-${++number}`) {
  const left: ShopEvent[][] = [];
  const sendAndLeave = (events: ShopEvent[]) => {
    left.push(events);
    return Promise.resolve();
  };
  return { queue: new EventQueue({ send, sendAndLeave }, name), name, left };
}

const viewed = (product_id: string) => ({ type: "view_item" as const, product_id });
const ids = (events: ShopEvent[]) => events.map((e) => ("product_id" in e ? e.product_id : "?"));

afterEach(async () => {
  vi.useRealTimers();
  await deleteDB("nothing");
});

test("events are sent in their order, in batches of at most 100, and then forgotten", async () => {
  const sent: string[][] = [];
  const { queue } = queueWith((events) => Promise.resolve(void sent.push(ids(events))));
  const names = Array.from({ length: 230 }, (_, place) => `p${place}`);
  await Promise.all(names.map((name) => queue.log(viewed(name))));
  await queue.flush();
  expect(sent.map((batch) => batch.length)).toEqual([100, 100, 30]);
  expect(sent.flat()).toEqual(names);
  expect(await queue.size()).toBe(0);
});

test("an event logged and not awaited is in the flush that follows", async () => {
  const sent: string[][] = [];
  const { queue } = queueWith((events) => Promise.resolve(void sent.push(ids(events))));
  void queue.log(viewed("p1"));
  await queue.flush();
  expect(sent).toEqual([["p1"]]);
});

test("what the server does not confirm stays, with its id, for the next page", async () => {
  const refuse = () =>
    Promise.reject(Object.assign(new Error(), { code: "functions/unavailable" }));
  const { queue, name } = queueWith(refuse);
  await queue.log(viewed("p1"));
  await expect(queue.flush()).rejects.toThrow();
  expect(await queue.size()).toBe(1);

  const sent: string[][] = [];
  const { queue: reloaded } = queueWith(
    (events) => Promise.resolve(void sent.push(ids(events))),
    name,
  );
  await reloaded.flush();
  expect(sent).toEqual([["p1"]]);
});

test("one event that the server refuses does not block the others", async () => {
  const sent: string[][] = [];
  const { queue } = queueWith((events) => {
    const bad = events.findIndex((e) => ids([e])[0] === "bad");
    if (bad >= 0) {
      const details = { errors: [{ field: `events.${bad}.product_id`, message: "no" }] };
      const code = "functions/invalid-argument";
      return Promise.reject(Object.assign(new Error(), { code, details }));
    }
    sent.push(ids(events));
    return Promise.resolve();
  });
  for (const name of ["p1", "bad", "p2"]) await queue.log(viewed(name));
  await queue.flush();
  expect(sent).toEqual([["p1", "p2"]]);
  expect(await queue.size()).toBe(0);
});

test("an event logged and not awaited is in what a leaving page sends", async () => {
  const { queue, left } = queueWith(() => Promise.resolve());
  void queue.log(viewed("p1"));
  await queue.leave();
  expect(left.map(ids)).toEqual([["p1"]]);
});

test("a leaving page sends what there is and keeps it until it is confirmed", async () => {
  const { queue, left } = queueWith(() => Promise.resolve());
  await queue.log(viewed("p1"));
  await queue.leave();
  expect(left.map(ids)).toEqual([["p1"]]);
  expect(await queue.size()).toBe(1);
});

test("a cleared queue sends nothing of what it had", async () => {
  const sent: string[][] = [];
  const { queue } = queueWith((events) => Promise.resolve(void sent.push(ids(events))));
  void queue.log(viewed("p1"));
  await queue.clear();
  expect(await queue.size()).toBe(0);
  await queue.flush();
  expect(sent).toEqual([]);
});
