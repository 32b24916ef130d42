import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { signIn } from "../../lib/operator";
import { strings } from "../../lib/strings";
import styles from "./SignIn.module.css";

const texts = strings.insights;

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
      <p>{texts.signInHint}</p>
      <label>
        {texts.email}
        <input
          type="email"
          autoComplete="username"
          required
          value={email}
          onChange={(event) => {
            setEmail(event.target.value);
          }}
        />
      </label>
      <label>
        {texts.password}
        <input
          type="password"
          autoComplete="current-password"
          required
          value={password}
          onChange={(event) => {
            setPassword(event.target.value);
          }}
        />
      </label>
      <p role="alert" className={styles.error}>
        {error && (isRefused(error) ? texts.signInFailed : texts.signInUnreachable)}
      </p>
      <button type="submit" className="button main" disabled={isPending}>
        {texts.signIn}
      </button>
    </form>
  );
}

/** Which of the two was wrong is not said to a stranger. */
function isRefused(error: Error): boolean {
  const refusals = ["invalid-credential", "user-not-found", "wrong-password", "invalid-email"];
  return refusals.some((name) => (error as { code?: string }).code === `auth/${name}`);
}
