import type { ReactNode } from "react";
import { strings } from "../lib/strings";
import { Message } from "./Message";

interface Props {
  children: ReactNode;
  onRetry: () => void;
  /** Nothing else is on the page. */
  whole?: boolean;
}

/** What could not be loaded, and a button to try again. */
export function Failed({ children, onRetry, whole }: Props) {
  return (
    <Message
      {...(whole && { sign: "retry" })}
      action={
        <button type="button" className="button" onClick={onRetry}>
          {strings.retry}
        </button>
      }
    >
      {children}
    </Message>
  );
}
