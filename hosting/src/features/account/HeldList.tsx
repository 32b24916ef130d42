import { useState } from "react";
import type { HeldItem } from "../../lib/api";
import { strings } from "../../lib/strings";
import styles from "./Account.module.css";
import { HeldRow } from "./HeldRow";
import type { useRemoval } from "./useRemoval";

const FEW = 6;

interface Props {
  title?: string;
  items: HeldItem[];
  removal: ReturnType<typeof useRemoval>;
}

/** Things that are held, the first few of them until all are asked for. */
export function HeldList({ title, items, removal }: Props) {
  const [all, setAll] = useState(false);
  if (!items.length) return null;
  const shown = all ? items : items.slice(0, FEW);
  return (
    <div>
      {title && <h3 className={styles.subtitle}>{title}</h3>}
      <ul className={styles.list}>
        {shown.map((item) => (
          <HeldRow
            key={item.item_id}
            item={item}
            removed={removal.removed.includes(item.item_id)}
            onRemove={() => {
              removal.remove(item.item_id);
            }}
            onUndo={() => {
              removal.undo(item.item_id);
            }}
          />
        ))}
      </ul>
      {items.length > shown.length && (
        <button
          type="button"
          className={styles.link}
          onClick={() => {
            setAll(true);
          }}
        >
          {strings.showAll(items.length)}
        </button>
      )}
    </div>
  );
}
