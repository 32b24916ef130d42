import type { ReactNode } from "react";
import { strings } from "../lib/strings";
import { Message } from "./Message";

/** What could not be loaded, and a button to try again. */
export function Failed({ children, onRetry }: { children: ReactNode; onRetry: () => void }) {
  return (
    <Message
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
