import { cleanup, fireEvent, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { keepCard, standIn } from "../../lib/last-cards";
import { signals } from "../../lib/signals";
import { Personalisation } from "./Personalisation";
import { held, shown } from "./testing";

const { call, flush } = vi.hoisted(() => ({
  call: vi.fn(),
  flush: vi.fn(() => Promise.resolve()),
}));
vi.mock("../../lib/firebase", () => ({ call }));
vi.mock("../../lib/queue", () => ({ queue: { flush } }));

const named = { name: "Personalised cards" };
const toggle = () => screen.getByRole("switch", named);

beforeEach(() => {
  call.mockReset();
  call.mockImplementation((name: string, { on }: { on: boolean }) =>
    Promise.resolve(name === "my_interests" ? held() : { personalised: on }),
  );
});
afterEach(cleanup);

test("switching off tells the server, after what was done before, and says what it means", async () => {
  shown(<Personalisation />);
  await screen.findByRole("switch", named);
  expect(toggle()).toBeChecked();
  expect(toggle()).toHaveAccessibleDescription(/Cards follow what you do/);
  const before = signals.count();
  flush.mockClear();
  keepCard({ release: "r1", variant: "default", cards: [], empty: null, personalised: true });
  fireEvent.click(toggle());
  await waitFor(() => {
    expect(signals.count()).toBe(before + 1);
  });
  expect(call).toHaveBeenLastCalledWith("set_personalisation", { on: false });
  expect(flush).toHaveBeenCalledOnce();
  expect(standIn([])).toBeNull();
  expect(toggle()).not.toBeChecked();
  expect(toggle()).toHaveAccessibleDescription(/nothing you do is kept/);
});

test("while nothing is known, nothing is said", async () => {
  call.mockRejectedValue(new Error("offline"));
  shown(<Personalisation />);
  await waitFor(() => {
    expect(call).toHaveBeenCalled();
  });
  expect(screen.queryByRole("switch")).toBeNull();
  expect(screen.queryByText(/Cards (follow|show)/)).toBeNull();
});

test("a switch that the server did not hear of goes back, and says so", async () => {
  shown(<Personalisation />);
  await screen.findByRole("switch", named);
  call.mockRejectedValue(new Error("unavailable"));
  fireEvent.click(toggle());
  expect(await screen.findByText(/could not be changed/)).toBeVisible();
  expect(toggle()).toBeChecked();
});
