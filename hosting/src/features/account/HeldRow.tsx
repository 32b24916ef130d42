import { useEffect, useRef } from "react";
import { Icon } from "../../components/Icon";
import type { HeldItem } from "../../lib/api";
import { ago, percent } from "../../lib/format";
import { strings } from "../../lib/strings";
import { account } from "../../lib/strings/account";
import styles from "./Account.module.css";

interface Props {
  item: HeldItem;
  removed: boolean;
  onRemove: () => void;
  onUndo: () => void;
}

/** One thing that is held, in plain words: what, since when, how much it counts. */
export function HeldRow({ item, removed, onRemove, onUndo }: Props) {
  const { about, at, share } = item;
  const words = account.heldAs[about.code]?.(about.params) || account.goneProduct;
  const when = at ? ago(new Date(at)) : account.longAgo;
  const row = useRef<HTMLLIElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const before = useRef(removed);
  useEffect(() => {
    // The button that was pressed is gone; what undoes the press takes its place, or it comes back.
    // Not from where the shopper has gone meanwhile: a removal may fail much later.
    const { activeElement, body } = document;
    const here = activeElement === body || row.current?.contains(activeElement);
    if (before.current !== removed && here) button.current?.focus({ preventScroll: true });
    before.current = removed;
  }, [removed]);
  return (
    <li ref={row} className={styles.row} data-testid="held">
      <div className={removed ? styles.gone : styles.what}>
        <span>{words}</span>
        <small>
          {account.heldSince[about.code]}, {when}
        </small>
        {share !== null && <Share share={share} />}
      </div>
      <span role="status" className={removed ? styles.removed : "visually-hidden"}>
        {removed && account.removed}
      </span>
      {removed ? (
        <button ref={button} type="button" className="button" onClick={onUndo}>
          {strings.undo}
        </button>
      ) : (
        <button
          ref={button}
          type="button"
          className="icon-button"
          aria-label={strings.remove(words)}
          onClick={onRemove}
        >
          <Icon name="close" size={20} />
        </button>
      )}
    </li>
  );
}

/** How much of the next cards it decides, as a bar. */
function Share({ share }: { share: number }) {
  return (
    <span className={styles.share} title={account.share(percent(share))}>
      <span style={{ inlineSize: `${Math.max(share * 100, 1)}%` }} />
      <span className="visually-hidden">{account.share(percent(share))}</span>
    </span>
  );
}
