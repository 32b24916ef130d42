import { useMutation } from "@tanstack/react-query";
import { type SubmitEvent, useId, useState } from "react";
import { BusyButton } from "../../components/BusyButton";
import { Field } from "../../components/Field";
import { account } from "../../lib/strings/account";
import styles from "./Account.module.css";
import { problemOf, sendReset } from "./identity";

interface Props {
  /** The shopper has a profile; otherwise this makes a sign-in for the one that is here. */
  known: boolean;
  busy: boolean;
  onSubmit: (email: string, password: string) => void;
}

/** Email and password. */
export function SignInForm({ known, busy, onSubmit }: Props) {
  const hint = useId();
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    onSubmit(email.trim(), password);
  };
  return (
    <form className={styles.form} onSubmit={submit} noValidate>
      <Field
        label={account.email}
        type="email"
        name="email"
        autoComplete="email"
        required
        value={email}
        onChange={setEmail}
      />
      <Field
        label={account.password}
        type="password"
        name="password"
        autoComplete={known ? "current-password" : "new-password"}
        required
        aria-describedby={known ? undefined : hint}
        value={password}
        onChange={setPassword}
      />
      {known ? (
        <Reset email={email.trim()} />
      ) : (
        <small id={hint} className={styles.hint}>
          {account.passwordHint}
        </small>
      )}
      <BusyButton type="submit" className="button main" busy={busy}>
        {known ? account.signIn : account.keep}
      </BusyButton>
    </form>
  );
}

function Reset({ email }: { email: string }) {
  const { mutate, isSuccess, error } = useMutation({ mutationFn: sendReset });
  // Whether there is such a profile is nobody else's business.
  const problem = error ? problemOf(error) : "";
  const sent = isSuccess || problem === "user-not-found";
  return (
    <>
      <button
        type="button"
        className={styles.link}
        onClick={() => {
          mutate(email);
        }}
      >
        {account.forgotPassword}
      </button>
      <p role="status" className={styles.hint}>
        {sent
          ? account.resetSent
          : problem && (account.problems[problem] ?? account.problems["other"])}
      </p>
    </>
  );
}
