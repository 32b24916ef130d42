import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { BusyButton } from "../../components/BusyButton";
import { account } from "../../lib/strings/account";
import styles from "./Account.module.css";
import { SignInForm } from "./SignInForm";
import {
  Taken,
  keepWithGoogle,
  keepWithPassword,
  passwordOf,
  problemOf,
  signInWith,
  signInWithGoogle,
  useIdentityChanged,
} from "./identity";

/** Keep the anonymous profile under a sign-in, or go on with one that there is. */
export function SignIn() {
  const [known, setKnown] = useState(false);
  const changed = useIdentityChanged();
  const attempt = useMutation({
    mutationFn: (way: () => Promise<void>) => way(),
    onSuccess: changed,
  });
  const { error, isPending } = attempt;
  const problem = error && !(error instanceof Taken) ? problemOf(error) : "";
  return (
    <div className={styles.signIn}>
      <p className={styles.hint}>{account.keepHint}</p>
      <BusyButton
        busy={isPending}
        onClick={() => {
          attempt.mutate(known ? signInWithGoogle : keepWithGoogle);
        }}
      >
        {known ? account.signInGoogle : account.keepGoogle}
      </BusyButton>
      <p className={styles.or}>{account.or}</p>
      <SignInForm
        known={known}
        busy={isPending}
        onSubmit={(email, password) => {
          attempt.mutate(() =>
            known ? signInWith(passwordOf(email, password)) : keepWithPassword(email, password),
          );
        }}
      />
      <p role="alert" className={styles.problem}>
        {problem && (account.problems[problem] ?? account.problems["other"])}
      </p>
      {error instanceof Taken && (
        <div className={styles.taken} role="status">
          <p>{account.takenHint}</p>
          <BusyButton
            busy={isPending}
            onClick={() => {
              attempt.mutate(() => signInWith(error.credential));
            }}
          >
            {account.goOn}
          </BusyButton>
        </div>
      )}
      <button
        type="button"
        className={styles.link}
        onClick={() => {
          attempt.reset();
          setKnown(!known);
        }}
      >
        {known ? account.haveNone : account.haveAccount}
      </button>
    </div>
  );
}
