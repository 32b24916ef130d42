import { useMutation } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { BusyButton } from "../../components/BusyButton";
import { account } from "../../lib/strings/account";
import styles from "./Account.module.css";
import { DeleteDialog } from "./DeleteDialog";
import { Section } from "./Section";
import { begun, deleteEverything, goOn } from "./deletion";
import { exportData } from "./export";

/** What is kept, to take along or to delete. */
export function YourData() {
  const [asking, setAsking] = useState(false);
  const collecting = useMutation({ mutationFn: exportData });
  const deletion = useMutation({ mutationFn: (way: () => Promise<void>) => way() });
  const { mutate } = deletion;
  useEffect(() => {
    // A visit ended before the deletion did.
    if (typeof begun.get() === "string") mutate(goOn);
  }, [mutate]);
  return (
    <Section title={account.data}>
      <p className={styles.hint}>{account.kept}</p>
      <p className={styles.hint}>{account.onDevice}</p>
      <div className={styles.actions}>
        <BusyButton
          busy={collecting.isPending}
          onClick={() => {
            collecting.mutate();
          }}
        >
          {collecting.isPending ? account.exporting : account.export}
        </BusyButton>
        <BusyButton
          className={`button ${styles.danger}`}
          busy={deletion.isPending}
          onClick={() => {
            setAsking(true);
          }}
        >
          {deletion.isPending ? account.deleting : account.delete}
        </BusyButton>
      </div>
      <p role="alert" className={styles.problem}>
        {collecting.isError && account.exportFailed}
        {deletion.isError && account.deleteFailed}
      </p>
      {asking && (
        <DeleteDialog
          onConfirm={() => {
            mutate(deleteEverything);
          }}
          onClose={() => {
            setAsking(false);
          }}
        />
      )}
    </Section>
  );
}
