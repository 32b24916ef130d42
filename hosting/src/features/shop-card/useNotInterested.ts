import { useState } from "react";
import type { Scope } from "../../lib/api";
import { log } from "../../lib/queue";
import { ofShopper } from "../../lib/shopper";
import { signals } from "../../lib/signals";

/** What the shopper is not interested in; a card that is mounted again still knows it. */
const given = ofShopper(new Map<string, Scope[]>());

export function isRejected(product_id: string): boolean {
  return Boolean(given.get(product_id)?.length);
}

/** How far the shopper is not interested in a product: by its scopes, the latest last. */
export function useNotInterested(product_id: string) {
  const [scopes, setScopes] = useState(() => given.get(product_id) ?? []);

  const keep = (next: Scope[]) => {
    given.set(product_id, next);
    setScopes(next);
    signals.raise();
  };
  const notInterested = (scope: Scope) => {
    log({ type: "not_interested", product_id, scope });
    keep([...scopes, scope]);
  };
  const undo = () => {
    for (const scope of scopes) log({ type: "undo_not_interested", product_id, scope });
    keep([]);
  };
  return { scopes, notInterested, undo };
}
