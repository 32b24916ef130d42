import { type ReactNode, useEffect, useId, useRef } from "react";
import { strings } from "../lib/strings";
import { Icon } from "./Icon";
import styles from "./Sheet.module.css";

interface Props {
  title: string;
  /** On a wide screen it stands beside the page, and not below. */
  beside?: boolean;
  onClose: () => void;
  children: ReactNode;
}

/** A sheet from below over the page; Escape, its button and a tap beside it close it. */
export function Sheet({ title, beside = false, onClose, children }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  return (
    <dialog
      ref={dialog}
      className={`${styles.sheet} ${beside ? styles.beside : ""}`}
      aria-labelledby={heading}
      onClose={onClose}
      onClick={(event) => {
        // The dialog's own box is filled by what is in it: what is left of it is the backdrop.
        if (event.target === event.currentTarget) event.currentTarget.close();
      }}
    >
      <div className={styles.box}>
        <header>
          <h2 id={heading}>{title}</h2>
          <button
            type="button"
            className="icon-button"
            aria-label={strings.close}
            onClick={() => {
              dialog.current?.close();
            }}
          >
            <Icon name="close" />
          </button>
        </header>
        {children}
      </div>
    </dialog>
  );
}
