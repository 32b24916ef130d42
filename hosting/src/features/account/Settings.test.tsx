import { cleanup, fireEvent, screen } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { Settings } from "./Settings";
import { held, shown } from "./testing";

vi.mock("../../lib/firebase", () => ({ call: () => Promise.resolve(held()) }));
vi.mock("../../lib/queue", () => ({ queue: { flush: () => Promise.resolve() } }));

afterEach(cleanup);

test("the appearance is the system's until one is chosen, and stays chosen", () => {
  shown(<Settings />);
  expect(document.documentElement.dataset["theme"]).toBeUndefined();
  expect(screen.getByLabelText("As the system")).toBeChecked();
  fireEvent.click(screen.getByLabelText("Light"));
  expect(document.documentElement.dataset["theme"]).toBe("light");
  expect(localStorage.getItem("theme")).toBe('"light"');
  expect(screen.getByLabelText("Light")).toBeChecked();
  fireEvent.click(screen.getByLabelText("As the system"));
  expect(document.documentElement.dataset["theme"]).toBeUndefined();
});
