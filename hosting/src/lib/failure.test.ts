import { afterEach, expect, test, vi } from "vitest";
import { failureOf, failureText } from "./failure";
import { failed } from "./testing";

afterEach(() => {
  vi.restoreAllMocks();
});

test("a failure is told by its code", () => {
  expect(failureOf(failed("functions/resource-exhausted"))).toBe("busy");
  expect(failureOf(failed("auth/too-many-requests"))).toBe("busy");
  expect(failureOf(failed("functions/unauthenticated"))).toBe("signedOut");
  expect(failureOf(failed("auth/admin-restricted-operation"))).toBe("signedOut");
  expect(failureOf(failed("auth/network-request-failed"))).toBe("down");
  expect(failureOf(failed("functions/internal"))).toBe("down");
  expect(failureOf(new Error("no code"))).toBe("down");
  expect(failureOf(null)).toBe("down");
});

test("without a connection nothing else is the reason", () => {
  vi.spyOn(navigator, "onLine", "get").mockReturnValue(false);
  expect(failureOf(failed("functions/resource-exhausted"))).toBe("offline");
  expect(failureOf(null)).toBe("offline");
});

test("only what did not answer is named by its place", () => {
  expect(failureText(failed("functions/unavailable"), "The bank is shut.")).toBe(
    "The bank is shut.",
  );
  expect(failureText(failed("functions/unauthenticated"), "The bank is shut.")).toBe(
    "You could not be signed in.",
  );
});
