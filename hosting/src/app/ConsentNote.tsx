import { useMutation } from "@tanstack/react-query";
import { useId } from "react";
import { BusyButton } from "../components/BusyButton";
import { decline, setPersonalised, useIsUnasked } from "../lib/personalisation";
import { strings } from "../lib/strings";
import styles from "./ConsentNote.module.css";

/** Asks whether cards may follow what the shopper does, in shops that need their consent. */
export function ConsentNote() {
  const unasked = useIsUnasked();
  const title = useId();
  const { mutate, isPending, isError } = useMutation({ mutationFn: setPersonalised });
  if (!unasked) return null;
  return (
    <section className={styles.note} aria-labelledby={title}>
      <p id={title}>{strings.consent}</p>
      {/* Alike: to say no must be no harder. */}
      <div className={styles.choice}>
        <button type="button" className="button" onClick={decline}>
          {strings.consentNo}
        </button>
        <BusyButton
          busy={isPending}
          onClick={() => {
            mutate(true);
          }}
        >
          {strings.consentYes}
        </BusyButton>
      </div>
      <p role="alert">{isError && strings.consentFailed}</p>
    </section>
  );
}
