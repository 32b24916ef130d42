import { useMutation } from "@tanstack/react-query";
import { BusyButton } from "../../components/BusyButton";
import { Failed } from "../../components/Failed";
import { account } from "../../lib/strings/account";
import styles from "./Account.module.css";
import { Section } from "./Section";
import { SignIn } from "./SignIn";
import { leave, useIdentity, useIdentityChanged } from "./identity";

/** Anonymous, with the way to keep the profile; or signed in, with the way out. */
export function Identity() {
  const { data, isError, refetch } = useIdentity();
  return (
    <Section title={account.profile}>
      {isError && <Failed onRetry={() => void refetch()}>{account.problems["other"]}</Failed>}
      {!data && !isError && <div className={styles.waiting} aria-hidden="true" />}
      {data?.name === null && (
        <>
          <p>{account.anonymous}</p>
          <SignIn />
        </>
      )}
      {data?.name && <SignedIn name={data.name} />}
    </Section>
  );
}

function SignedIn({ name }: { name: string }) {
  const changed = useIdentityChanged();
  const { mutate, isPending } = useMutation({ mutationFn: leave, onSuccess: changed });
  return (
    <>
      <p className={styles.name} role="status">
        {account.signedInAs(name)}
      </p>
      <p className={styles.hint}>{account.signedInHint}</p>
      <BusyButton
        busy={isPending}
        onClick={() => {
          mutate();
        }}
      >
        {account.signOut}
      </BusyButton>
    </>
  );
}
