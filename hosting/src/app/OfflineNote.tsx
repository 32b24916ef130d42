import { useOnline } from "../lib/offline";
import { strings } from "../lib/strings";
import styles from "./OfflineNote.module.css";

/** Says that there is no connection; there from the start, so that it is read out when it comes. */
export function OfflineNote() {
  const online = useOnline();
  return (
    <p role="status" className={styles.note}>
      {!online && strings.offline}
    </p>
  );
}
