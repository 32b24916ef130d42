import { useEffect, useId, useRef, useState } from "react";
import { account } from "../../lib/strings/account";
import styles from "./Account.module.css";

interface Props {
  onConfirm: () => void;
  onClose: () => void;
}

/** Asks twice: a tick and a button, as nothing brings it back. */
export function DeleteDialog({ onConfirm, onClose }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const title = useId();
  const what = useId();
  const [understood, setUnderstood] = useState(false);
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  return (
    <dialog
      ref={dialog}
      className={styles.dialog}
      aria-labelledby={title}
      aria-describedby={what}
      onClose={onClose}
    >
      <h2 id={title}>{account.deleteTitle}</h2>
      <p id={what}>{account.deleteWhat}</p>
      <label>
        <input
          type="checkbox"
          checked={understood}
          onChange={(event) => {
            setUnderstood(event.target.checked);
          }}
        />
        <span>{account.deleteUnderstood}</span>
      </label>
      <div className={styles.actions}>
        <button
          type="button"
          className="button"
          onClick={() => {
            dialog.current?.close();
          }}
        >
          {account.cancel}
        </button>
        <button
          type="button"
          className={`button ${styles.danger}`}
          disabled={!understood}
          onClick={() => {
            onConfirm();
            dialog.current?.close();
          }}
        >
          {account.delete}
        </button>
      </div>
    </dialog>
  );
}
