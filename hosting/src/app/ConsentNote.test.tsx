import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, cleanup, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { RecommendResponse } from "../lib/api";
import { call } from "../lib/firebase";
import { decline, noteTold } from "../lib/personalisation";
import { signals } from "../lib/signals";
import { strings } from "../lib/strings";
import { ConsentNote } from "./ConsentNote";

vi.mock("../lib/firebase", () => ({ call: vi.fn() }));
vi.mock("../lib/queue", () => ({ queue: { flush: () => Promise.resolve() } }));

const asked = () => screen.queryByRole("region", { name: strings.consent });
const answered = (personalised: boolean) => {
  act(() => {
    noteTold({ personalised } as RecommendResponse);
  });
};

beforeEach(() => {
  // As another tab that cleared everything.
  localStorage.clear();
  window.dispatchEvent(new StorageEvent("storage", { key: null }));
  render(
    <QueryClientProvider client={new QueryClient()}>
      <ConsentNote />
    </QueryClientProvider>,
  );
});

afterEach(cleanup);

test("nobody is asked where cards are personalised anyway", () => {
  expect(asked()).toBeNull();
  answered(true);
  expect(asked()).toBeNull();
});

test("a yes turns it on, and the next card follows", async () => {
  vi.mocked(call).mockResolvedValueOnce({ personalised: true });
  const before = signals.count();
  answered(false);
  fireEvent.click(screen.getByRole("button", { name: strings.consentYes }));
  await waitFor(() => {
    expect(asked()).toBeNull();
  });
  expect(call).toHaveBeenCalledWith("set_personalisation", { on: true });
  expect(signals.count()).toBe(before + 1);
});

test("a no is remembered, without a word to the server", () => {
  vi.mocked(call).mockClear();
  answered(false);
  fireEvent.click(screen.getByRole("button", { name: strings.consentNo }));
  answered(false);
  expect(asked()).toBeNull();
  expect(call).not.toHaveBeenCalled();
});

test("a yes that was not saved says so, and may be said again", async () => {
  vi.mocked(call).mockRejectedValueOnce(new Error("offline"));
  answered(false);
  fireEvent.click(screen.getByRole("button", { name: strings.consentYes }));
  await screen.findByText(strings.consentFailed);
  expect(asked()).not.toBeNull();
  act(decline);
  expect(asked()).toBeNull();
});
