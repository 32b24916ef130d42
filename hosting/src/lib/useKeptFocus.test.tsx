import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { useRef, useState } from "react";
import { afterEach, expect, test } from "vitest";
import { useKeptFocus } from "./useKeptFocus";

afterEach(cleanup);

/** Rows that go when they are pressed, and their section with the last of them. */
function Rows() {
  const [rows, setRows] = useState(["one", "two"]);
  const main = useRef<HTMLElement>(null);
  useKeptFocus(main);
  return (
    <>
      <main ref={main}>
        {rows.length > 0 && (
          <ul>
            {rows.map((row) => (
              <li key={row}>
                <button
                  onClick={() => {
                    setRows((before) => before.filter((other) => other !== row));
                  }}
                >
                  {row}
                </button>
              </li>
            ))}
          </ul>
        )}
      </main>
      <input aria-label="beside" />
    </>
  );
}

function press(name: string) {
  const button = screen.getByRole("button", { name });
  button.focus();
  fireEvent.click(button);
}

test("when a control goes, the nearest thing around it that stays has the focus", async () => {
  render(<Rows />);
  press("one");
  await waitFor(() => {
    expect(screen.getByRole("list")).toHaveFocus();
  });
  press("two");
  await waitFor(() => {
    expect(screen.getByRole("main")).toHaveFocus();
  });
  // Neither is in the way of the Tab key.
  expect(screen.getByRole("main")).toHaveAttribute("tabindex", "-1");
});

test("whoever has gone elsewhere is left there", async () => {
  render(<Rows />);
  screen.getByRole("button", { name: "one" }).focus();
  screen.getByLabelText("beside").focus();
  fireEvent.click(screen.getByRole("button", { name: "one" }));
  screen.getByLabelText("beside").blur();
  fireEvent.click(screen.getByRole("button", { name: "two" }));
  await new Promise((resolve) => setTimeout(resolve));
  expect(document.body).toHaveFocus();
});
