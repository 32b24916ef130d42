/** Why something could not be had, as far as the shopper can tell the difference. */

import { strings } from "./strings";

export type Failure = "offline" | "busy" | "signedOut" | "down";

/** Codes of Firebase by which we ask too much. */
const BUSY = ["functions/resource-exhausted", "auth/too-many-requests", "auth/quota-exceeded"];
/** The sign-in's codes by which it did not answer; its others refuse. */
const SILENT = ["auth/network-request-failed", "auth/timeout", "auth/internal-error"];

export function failureOf(error: unknown): Failure {
  // Without a connection every error is but its consequence.
  if (!navigator.onLine) return "offline";
  const code = (error as { code?: unknown } | null)?.code;
  if (typeof code !== "string" || SILENT.includes(code)) return "down";
  if (BUSY.includes(code)) return "busy";
  return code === "functions/unauthenticated" || code.startsWith("auth/") ? "signedOut" : "down";
}

/** A failure in words; `down` says what did not answer. */
export function failureText(error: unknown, down: string): string {
  const failure = failureOf(error);
  return failure === "down" ? down : strings.failures[failure];
}

/** Whether the shop answered that it has no such product. */
export function isMissing(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === "functions/not-found";
}
