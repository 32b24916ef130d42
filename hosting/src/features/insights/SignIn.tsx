import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { BusyButton } from "../../components/BusyButton";
import { Field } from "../../components/Field";
import { signIn } from "../../lib/operator";
import { insights } from "../../lib/strings/insights";
import styles from "./SignIn.module.css";

/** The operator's way in: email and password. */
export function SignIn({ onSignedIn }: { onSignedIn: () => void }) {
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const { mutate, isPending, error } = useMutation({
    mutationFn: () => signIn(email, password),
    onSuccess: onSignedIn,
  });
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        mutate();
      }}
    >
      <p>{insights.signInHint}</p>
      <Field
        label={insights.email}
        type="email"
        autoComplete="username"
        required
        value={email}
        onChange={setEmail}
      />
      <Field
        label={insights.password}
        type="password"
        autoComplete="current-password"
        required
        value={password}
        onChange={setPassword}
      />
      <p role="alert" className={styles.error}>
        {error && (isRefused(error) ? insights.signInFailed : insights.signInUnreachable)}
      </p>
      <BusyButton type="submit" className="button main" busy={isPending}>
        {insights.signIn}
      </BusyButton>
    </form>
  );
}

/** Which of the two was wrong is not said to a stranger. */
function isRefused(error: Error): boolean {
  const refusals = ["invalid-credential", "user-not-found", "wrong-password", "invalid-email"];
  return refusals.some((name) => (error as { code?: string }).code === `auth/${name}`);
}
