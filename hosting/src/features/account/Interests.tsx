import { Failed } from "../../components/Failed";
import { failureText } from "../../lib/failure";
import { account } from "../../lib/strings/account";
import styles from "./Account.module.css";
import { HeldList } from "./HeldList";
import { Section } from "./Section";
import { useInterests } from "./useInterests";
import { useRemoval } from "./useRemoval";

/** What the shopper is taken to want, and not to want; each can be removed. */
export function Interests() {
  const { data, isPending, error, refetch } = useInterests();
  const removal = useRemoval();
  const empty = data && !data.recent.length && !data.lasting.length;
  return (
    <>
      <Section title={account.interests} hint={account.interestsHint}>
        {data?.personalised === false && <p className={styles.notice}>{account.interestsPaused}</p>}
        {isPending && <div className={styles.waiting} aria-hidden="true" />}
        {error && !data && (
          <Failed onRetry={() => void refetch()}>
            {failureText(error, account.interestsFailed)}
          </Failed>
        )}
        {empty && <p className={styles.empty}>{account.noInterests}</p>}
        <HeldList title={account.recent} items={data?.recent ?? []} removal={removal} />
        <HeldList title={account.lasting} items={data?.lasting ?? []} removal={removal} />
        <p role="alert" className={styles.problem}>
          {removal.failed && account.removeFailed}
        </p>
      </Section>
      {data && data.rejected.length > 0 && (
        <Section title={account.rejected} hint={account.rejectedHint}>
          <HeldList items={data.rejected} removal={removal} />
        </Section>
      )}
    </>
  );
}
