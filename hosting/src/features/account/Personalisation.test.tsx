import { cleanup, fireEvent, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { lastCard } from "../../lib/last-card";
import { signals } from "../../lib/signals";
import { Personalisation } from "./Personalisation";
import { held, shown } from "./testing";

const { call, flush } = vi.hoisted(() => ({
  call: vi.fn(),
  flush: vi.fn(() => Promise.resolve()),
}));
vi.mock("../../lib/firebase", () => ({ call }));
vi.mock("../../lib/queue", () => ({ queue: { flush } }));

const toggle = () => screen.getByRole("switch", { name: "Personalised cards" });

beforeEach(() => {
  call.mockReset();
  call.mockImplementation((name: string, { on }: { on: boolean }) =>
    Promise.resolve(name === "my_interests" ? held() : { personalised: on }),
  );
});
afterEach(cleanup);

test("switching off tells the server, after what was done before, and says what it means", async () => {
  shown(<Personalisation />);
  await waitFor(() => {
    expect(toggle()).toBeEnabled();
  });
  expect(toggle()).toBeChecked();
  expect(toggle()).toHaveAccessibleDescription(/Cards follow what you do/);
  const before = signals.count();
  flush.mockClear();
  lastCard.set({ release: "r1", variant: "default", cards: [], empty: null });
  fireEvent.click(toggle());
  await waitFor(() => {
    expect(signals.count()).toBe(before + 1);
  });
  expect(call).toHaveBeenLastCalledWith("set_personalisation", { on: false });
  expect(flush).toHaveBeenCalledOnce();
  expect(lastCard.get()).toBeNull();
  expect(toggle()).not.toBeChecked();
  expect(toggle()).toHaveAccessibleDescription(/nothing you do is kept/);
});

test("a switch that the server did not hear of goes back, and says so", async () => {
  shown(<Personalisation />);
  await waitFor(() => {
    expect(toggle()).toBeEnabled();
  });
  call.mockRejectedValue(new Error("unavailable"));
  fireEvent.click(toggle());
  expect(await screen.findByText(/could not be changed/)).toBeVisible();
  expect(toggle()).toBeChecked();
});
