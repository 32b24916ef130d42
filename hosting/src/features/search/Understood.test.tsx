import { fireEvent, render, screen } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import type { UnderstoodSlot } from "../../lib/api";
import { Understood } from "./Understood";

const red: UnderstoodSlot = {
  slot: "colour",
  values: ["red"],
  low: null,
  high: null,
  start: 0,
  end: 3,
  text: "red",
};

test("a chip's ✕ asks for a search without its slot, beside those removed before", () => {
  const onIgnore = vi.fn();
  render(<Understood understood={[red]} ignored={["budget"]} onIgnore={onIgnore} />);
  fireEvent.click(screen.getByRole("button", { name: "Remove Colour: red" }));
  expect(onIgnore).toHaveBeenLastCalledWith(["budget", "colour"]);
  fireEvent.click(screen.getByRole("button", { name: "Use all of it again" }));
  expect(onIgnore).toHaveBeenLastCalledWith([]);
});

test("nothing understood shows nothing", () => {
  const { container } = render(<Understood understood={[]} ignored={[]} onIgnore={vi.fn()} />);
  expect(container).toBeEmptyDOMElement();
});
