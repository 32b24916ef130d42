/**
 * The event queue: what happened is kept in IndexedDB until the server has it.
 *
 * An event leaves the queue only when the server has confirmed it, so a reload, a closed page or
 * a lost connection loses nothing; its id makes a second delivery change nothing.
 */

import { type DBSchema, type IDBPDatabase, type IDBPObjectStore, openDB } from "idb";
import type { Happening, ShopEvent } from "./api";

const BATCH = 100;
const MOST = 5000;
const WAIT_MS = 1000;
const RETRY_MS = { first: 2000, most: 60_000 };
/** Dropped beyond what is needed, so that a full queue is not sorted out for every event. */
const SLACK = 20;
/** A request that outlives its page may carry 64 KiB. */
const LEAVING_BATCH = 50;

interface Schema extends DBSchema {
  events: { key: string; value: ShopEvent & { order: number }; indexes: { order: number } };
}

/** How batches get to the server. */
export interface Transport {
  send: (events: ShopEvent[]) => Promise<void>;
  sendAndLeave: (events: ShopEvent[]) => Promise<void>;
}

export class EventQueue {
  private opened: Promise<IDBPDatabase<Schema>> | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private failures = 0;
  private flushing: Promise<void> = Promise.resolve();
  private storing: Promise<unknown> = Promise.resolve();
  private last = 0;

  constructor(
    private readonly transport: Transport,
    private readonly name = "shopfyp",
    private readonly most = MOST,
  ) {}

  private get database(): Promise<IDBPDatabase<Schema>> {
    this.opened ??= openDB<Schema>(this.name, 1, {
      upgrade(database) {
        const store = database.createObjectStore("events", { keyPath: "event_id" });
        store.createIndex("order", "order");
      },
      // A browser may close it under memory pressure; the next access opens it anew.
      terminated: () => (this.opened = undefined),
    }).catch((error: unknown) => {
      this.opened = undefined;
      throw error;
    });
    return this.opened;
  }

  /** Keep an event, to be sent within a second. */
  log(happening: Happening): Promise<void> {
    this.last = Math.max(Date.now(), this.last + 0.001);
    const event = {
      ...happening,
      event_id: crypto.randomUUID(),
      at: new Date().toISOString(),
      order: this.last,
    };
    const stored = this.database.then(async (database) => {
      const transaction = database.transaction("events", "readwrite");
      await transaction.store.put(event);
      await this.bound(transaction.store);
      await transaction.done;
      // What is due already takes this one along, a retry above all.
      if (this.timer === undefined && !this.failures) this.schedule(WAIT_MS);
    });
    this.storing = Promise.allSettled([this.storing, stored]);
    return stored;
  }

  /** Send all there is; resolves when the server has it, rejects when it cannot be had now. */
  flush(): Promise<void> {
    const run = this.flushing.catch(() => undefined).then(() => this.exclusively());
    this.flushing = run;
    return run;
  }

  /** Send what fits into one request that outlives the page; it stays queued until confirmed. */
  async leave(): Promise<void> {
    await this.storing;
    const events = await this.oldest(LEAVING_BATCH);
    if (events.length) await this.transport.sendAndLeave(events);
  }

  /** How many events wait. */
  async size(): Promise<number> {
    await this.storing;
    return (await this.database).count("events");
  }

  /** Forget all there is, unsent; what is being sent may still arrive. */
  async clear(): Promise<void> {
    await this.storing;
    await this.flushing.catch(() => undefined);
    this.unschedule();
    // What is logged next does not wait for a retry that will not be.
    this.failures = 0;
    await (await this.database).clear("events");
  }

  private async exclusively(): Promise<void> {
    this.unschedule();
    // One tab at a time: two would send the same events (harmless, but wasteful).
    const lock = (globalThis.navigator as Partial<Navigator>).locks;
    try {
      await (lock ? lock.request("shopfyp-events", () => this.drain()) : this.drain());
      this.failures = 0;
    } catch (error) {
      this.failures += 1;
      const wait = Math.min(RETRY_MS.first * 2 ** (this.failures - 1), RETRY_MS.most);
      this.schedule(Math.max(wait * (0.5 + Math.random() / 2), askedToWait(error)));
      throw error;
    }
  }

  private async drain(): Promise<void> {
    await this.storing;
    let most = BATCH;
    for (;;) {
      const events = await this.oldest(most);
      if (!events.length) return;
      try {
        await this.transport.send(events);
        await this.forget(events);
        this.failures = 0;
        most = BATCH;
      } catch (error) {
        if (!isInvalid(error)) throw error;
        const refused = events.length === 1 ? events : refusedOf(error, events);
        await this.forget(refused);
        // No event was named: it is found by halves.
        if (!refused.length) most = Math.ceil(events.length / 2);
      }
    }
  }

  private schedule(milliseconds: number) {
    this.unschedule();
    this.timer = setTimeout(() => {
      // A failure has scheduled its own retry.
      this.flush().catch(() => undefined);
    }, milliseconds);
  }

  private unschedule() {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private async oldest(count: number): Promise<ShopEvent[]> {
    const found = await (await this.database).getAllFromIndex("events", "order", null, count);
    return found.map((kept) => {
      const event: ShopEvent & { order?: number } = { ...kept };
      delete event.order;
      return event;
    });
  }

  private async forget(events: ShopEvent[]): Promise<void> {
    const transaction = (await this.database).transaction("events", "readwrite");
    await Promise.all(events.map((event) => transaction.store.delete(event.event_id)));
    await transaction.done;
  }

  /** Drop the oldest impressions first, then the oldest of all. */
  private async bound(
    store: IDBPObjectStore<Schema, ["events"], "events", "readwrite">,
  ): Promise<void> {
    const excess = (await store.count()) - this.most;
    if (excess <= 0) return;
    const all = await store.index("order").getAll();
    const impressions = all.filter((event) => event.type === "impression");
    const rest = all.filter((event) => event.type !== "impression");
    const dropped = [...impressions, ...rest].slice(0, excess + SLACK);
    await Promise.all(dropped.map((event) => store.delete(event.event_id)));
  }
}

interface Refusal {
  code?: string;
  details?: { errors?: { field: string }[]; retry_after_seconds?: number };
}

/** Whether the server will never take the batch: sending it again would block the rest for ever. */
function isInvalid(error: unknown): boolean {
  return (error as Refusal).code === "functions/invalid-argument";
}

/** For how many milliseconds the server wants to be left alone. */
function askedToWait(error: unknown): number {
  return 1000 * ((error as Refusal).details?.retry_after_seconds ?? 0);
}

/** The events that the server called invalid. */
function refusedOf(error: unknown, events: ShopEvent[]): ShopEvent[] {
  const indices = ((error as Refusal).details?.errors ?? []).map(
    ({ field }) => /^events\.(\d+)/.exec(field)?.[1],
  );
  return [...new Set(indices)].flatMap((index) => events[Number(index)] ?? []);
}
