/**
 * The event queue: what happened is kept in IndexedDB until the server has it.
 *
 * An event leaves the queue only when the server has confirmed it, so a reload, a closed page or
 * a lost connection loses nothing; its id makes a second delivery change nothing.
 */

import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import type { Happening, ShopEvent } from "./api";

const BATCH = 100;
const MOST = 5000;
const WAIT_MS = 1000;
const RETRY_MS = { first: 2000, most: 60_000 };
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
  private readonly database: Promise<IDBPDatabase<Schema>>;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private failures = 0;
  private flushing: Promise<void> = Promise.resolve();
  private storing: Promise<unknown> = Promise.resolve();
  private last = 0;

  constructor(
    private readonly transport: Transport,
    name = "shopfyp",
  ) {
    this.database = openDB<Schema>(name, 1, {
      upgrade(database) {
        const store = database.createObjectStore("events", { keyPath: "event_id" });
        store.createIndex("order", "order");
      },
    });
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
      await database.put("events", event);
      await this.bound(database);
      this.schedule(WAIT_MS);
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
    clearTimeout(this.timer);
    await this.storing;
    await this.flushing.catch(() => undefined);
    clearTimeout(this.timer);
    await (await this.database).clear("events");
  }

  private async exclusively(): Promise<void> {
    clearTimeout(this.timer);
    // One tab at a time: two would send the same events (harmless, but wasteful).
    const lock = (globalThis.navigator as Partial<Navigator>).locks;
    try {
      await (lock ? lock.request("shopfyp-events", () => this.drain()) : this.drain());
      this.failures = 0;
    } catch (error) {
      this.failures += 1;
      const wait = Math.min(RETRY_MS.first * 2 ** (this.failures - 1), RETRY_MS.most);
      this.schedule(wait * (0.5 + Math.random() / 2));
      throw error;
    }
  }

  private async drain(): Promise<void> {
    await this.storing;
    for (;;) {
      const events = await this.oldest(BATCH);
      if (!events.length) return;
      try {
        await this.transport.send(events);
        await this.forget(events);
      } catch (error) {
        const refused = refusedOf(error, events);
        if (!refused.length) throw error;
        await this.forget(refused);
      }
    }
  }

  private schedule(milliseconds: number) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      // A failure has scheduled its own retry.
      this.flush().catch(() => undefined);
    }, milliseconds);
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
  private async bound(database: IDBPDatabase<Schema>): Promise<void> {
    const excess = (await database.count("events")) - MOST;
    if (excess <= 0) return;
    const all = await database.getAllFromIndex("events", "order");
    const impressions = all.filter((event) => event.type === "impression");
    const rest = all.filter((event) => event.type !== "impression");
    await this.forget([...impressions, ...rest].slice(0, excess));
  }
}

/** The events that the server called invalid: sending them again would block the rest for ever. */
function refusedOf(error: unknown, events: ShopEvent[]): ShopEvent[] {
  const { code, details } = error as {
    code?: string;
    details?: { errors?: { field: string }[] };
  };
  if (code !== "functions/invalid-argument") return [];
  const indices = (details?.errors ?? []).map(({ field }) => /^events\.(\d+)/.exec(field)?.[1]);
  return [...new Set(indices)].flatMap((index) => events[Number(index)] ?? []);
}
