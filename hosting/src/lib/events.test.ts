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
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
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

test("what is logged once a failed queue was cleared is sent as ever", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const sent: string[][] = [];
  const { queue } = queueWith((events) => {
    if (ids(events).includes("before")) return Promise.reject(new Error("unavailable"));
    return Promise.resolve(void sent.push(ids(events)));
  });
  await queue.log(viewed("before"));
  await expect(queue.flush()).rejects.toThrow();
  await queue.clear();
  await queue.log(viewed("after"));
  await vi.advanceTimersByTimeAsync(2000);
  await vi.waitFor(() => {
    expect(sent).toEqual([["after"]]);
  });
});

test("while the server fails, what is logged waits for the retry, which comes ever later", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  vi.spyOn(Math, "random").mockReturnValue(1);
  const tries: number[] = [];
  const start = Date.now();
  let now = start;
  const { queue } = queueWith(() => {
    tries.push((now - start) / 1000);
    return Promise.reject(Object.assign(new Error(), { code: "functions/unavailable" }));
  });
  await queue.log(viewed("p"));
  for (let half = 0; half < 120; half++) {
    now += 500;
    await vi.advanceTimersByTimeAsync(500);
    await queue.size();
    await queue.log(viewed(`p${half}`));
  }
  expect(tries.length).toBeGreaterThan(3);
  expect(tries.length).toBeLessThan(8);
  const waits = tries.slice(1).map((at, place) => at - (tries[place] ?? 0));
  expect(waits).toEqual(waits.toSorted((a, b) => a - b));
});

test("a server that says how long to wait is left alone for so long", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  let tries = 0;
  const { queue } = queueWith(() => {
    tries += 1;
    const details = { retry_after_seconds: 30 };
    const code = "functions/resource-exhausted";
    return Promise.reject(Object.assign(new Error(), { code, details }));
  });
  await queue.log(viewed("p1"));
  await expect(queue.flush()).rejects.toThrow();
  await vi.advanceTimersByTimeAsync(29_000);
  expect(tries).toBe(1);
  await vi.advanceTimersByTimeAsync(2000);
  await vi.waitFor(() => {
    expect(tries).toBe(2);
  });
});

test("a batch that is refused and no event named loses the one at fault and no other", async () => {
  const sent: string[] = [];
  const { queue } = queueWith((events) => {
    if (ids(events).includes("bad")) {
      return Promise.reject(Object.assign(new Error(), { code: "functions/invalid-argument" }));
    }
    sent.push(...ids(events));
    return Promise.resolve();
  });
  const names = Array.from({ length: 120 }, (_, place) => (place === 61 ? "bad" : `p${place}`));
  for (const name of names) await queue.log(viewed(name));
  await queue.flush();
  expect(sent).toEqual(names.filter((name) => name !== "bad"));
  expect(await queue.size()).toBe(0);
});

test("a full queue drops the oldest impressions first, and stays bounded", async () => {
  const sent: string[] = [];
  const send = (events: ShopEvent[]) => Promise.resolve(void sent.push(...ids(events)));
  const queue = new EventQueue({ send, sendAndLeave: send }, "full", 100);
  await queue.log(viewed("old"));
  const shown = (n: number) => ({ type: "impression" as const, product_id: `p${n}` });
  await Promise.all(Array.from({ length: 130 }, (_, place) => queue.log(shown(place))));
  const size = await queue.size();
  expect(size).toBeGreaterThanOrEqual(80);
  expect(size).toBeLessThanOrEqual(100);
  await queue.flush();
  expect(sent[0]).toBe("old");
  expect(sent.at(-1)).toBe("p129");
});

/** A server that loses calls before and after it stored them, as one killed mid-call does. */
function unreliable(random: () => number) {
  const stored = new Map<string, number>();
  const send = async (events: ShopEvent[]) => {
    await new Promise((resolve) => setTimeout(resolve, random() * 3));
    if (random() < 0.3) throw new Error("killed before the commit");
    for (const { event_id } of events) {
      if (!stored.has(event_id)) stored.set(event_id, stored.size);
    }
    if (random() < 0.3) throw new Error("killed after the commit");
  };
  return { stored, send };
}

/** Numbers in [0, 1) that are the same in every run (Park and Miller, 1988). */
function seeded(seed: number) {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

test.each([1, 2, 3])(
  "two tabs that are closed in the middle of a flush lose and double nothing (%i)",
  async (seed) => {
    const random = seeded(seed);
    const { stored, send } = unreliable(random);
    const name = `chaos-${seed}`;
    const open = () => new EventQueue({ send, sendAndLeave: send }, name);
    let tabs = [open(), open()];
    const logging: Promise<void>[] = [];
    for (let n = 0; n < 200; n++) {
      const tab = tabs[n % 2] ?? open();
      logging.push(tab.log(viewed(`p${n}`)));
      if (random() < 0.1) void tab.flush().catch(() => undefined);
      if (random() < 0.05) void tab.leave().catch(() => undefined);
      if (random() < 0.05) {
        // The page is gone, with whatever it was about to do: another one finds the queue.
        await Promise.all(logging);
        const closed = tab as unknown as { forget: () => Promise<void> };
        closed.forget = () => Promise.reject(new Error("closed"));
        tabs = tabs.map((other) => (other === tab ? open() : other));
      }
    }
    await Promise.all(logging);
    const last = open();
    for (let tries = 0; tries < 100 && (await last.size()); tries++) {
      await last.flush().catch(() => undefined);
    }
    expect(await last.size()).toBe(0);
    expect(stored.size).toBe(200);
  },
);

test("of two tabs one sends at a time", async () => {
  let held: Promise<unknown> = Promise.resolve();
  const request = (_: string, work: () => Promise<void>) => {
    const run = held.then(work);
    held = run.catch(() => undefined);
    return run;
  };
  vi.stubGlobal("navigator", { locks: { request } });
  const sent: string[] = [];
  const send = (events: ShopEvent[]) => Promise.resolve(void sent.push(...ids(events)));
  const { queue, name } = queueWith(send);
  const other = new EventQueue({ send, sendAndLeave: send }, name);
  for (const product of ["p1", "p2", "p3"]) await queue.log(viewed(product));
  await Promise.all([queue.flush(), other.flush()]);
  expect(sent).toEqual(["p1", "p2", "p3"]);
});
