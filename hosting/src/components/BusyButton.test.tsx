import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { BusyButton } from "./BusyButton";

afterEach(cleanup);

test("while it is busy a button does nothing, and keeps the focus", () => {
  const [onClick, onSubmit] = [
    vi.fn(),
    vi.fn((event: Event) => {
      event.preventDefault();
    }),
  ];
  const shown = (busy: boolean) => (
    <form
      onSubmit={(event) => {
        onSubmit(event.nativeEvent);
      }}
    >
      <BusyButton type="submit" busy={busy} onClick={onClick} />
    </form>
  );
  const { rerender } = render(shown(false));
  const button = screen.getByRole("button");
  button.focus();
  fireEvent.click(button);
  expect([onClick.mock.calls.length, onSubmit.mock.calls.length]).toEqual([1, 1]);
  rerender(shown(true));
  fireEvent.click(button);
  expect([onClick.mock.calls.length, onSubmit.mock.calls.length]).toEqual([1, 1]);
  expect(button).toBeEnabled();
  expect(button).toHaveFocus();
});
