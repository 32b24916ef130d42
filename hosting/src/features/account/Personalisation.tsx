import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useId } from "react";
import type { MyInterestsResponse } from "../../lib/api";
import { setPersonalised } from "../../lib/personalisation";
import { account } from "../../lib/strings/account";
import styles from "./Account.module.css";
import { useInterests } from "./useInterests";

/** The switch, and what it means now; neither until that is known. */
export function Personalisation() {
  const { data } = useInterests();
  const client = useQueryClient();
  const label = useId();
  const meaning = useId();
  const { mutate, isPending, isError, variables } = useMutation({
    mutationFn: setPersonalised,
    onSuccess: (personalised) => {
      client.setQueryData<MyInterestsResponse>(
        ["interests"],
        (held) => held && { ...held, personalised },
      );
    },
  });
  const on = isPending ? variables : data?.personalised;
  return (
    <div className={styles.personalisation}>
      <span id={label}>{account.personalisation}</span>
      {on !== undefined && (
        <>
          <button
            type="button"
            role="switch"
            className={styles.switch}
            aria-checked={on}
            aria-labelledby={label}
            aria-describedby={meaning}
            // Not disabled: it would lose the focus to the page.
            aria-disabled={isPending}
            onClick={() => {
              if (!isPending) mutate(!on);
            }}
          />
          <p id={meaning} className={styles.hint}>
            {on ? account.personalisationOn : account.personalisationOff}
          </p>
        </>
      )}
      <p role="alert" className={styles.problem}>
        {isError && account.personalisationFailed}
      </p>
    </div>
  );
}
