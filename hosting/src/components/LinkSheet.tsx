import { useEffect, useRef } from "react";
import { strings } from "../lib/strings";
import { Field } from "./Field";
import { Sheet } from "./Sheet";
import styles from "./Sheet.module.css";

/** An address that could not be copied, to be copied by hand. */
export function LinkSheet({ address, onClose }: { address: string; onClose: () => void }) {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    // Rather than the sheet's first button, which showing it chose.
    field.current?.focus();
  }, []);
  return (
    <Sheet title={strings.shareFailed} onClose={onClose}>
      <div className={styles.words}>
        <Field
          ref={field}
          label={strings.copyByHand}
          value={address}
          readOnly
          // Whole, so that one key or one tap copies it.
          onFocus={(event) => {
            event.currentTarget.select();
          }}
        />
      </div>
    </Sheet>
  );
}
