import { cleanup, fireEvent, render, screen, within } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";
import { LineChart } from "./LineChart";

afterEach(cleanup);

const days = ["2026-03-01", "2026-03-02", "2026-03-03", "2026-03-04"];

function drawn(values: (number | null)[], of = days) {
  const series = [
    { name: "ours", values },
    { name: "theirs", values: of.map(() => 100) },
  ];
  render(<LineChart title="Clicks" days={of} series={series} format={(value) => `${value}!`} />);
  return screen.getAllByTestId("line").map((line) => line.getAttribute("d"));
}

test("a line goes through what is known, in the scale of the greatest value", () => {
  const [ours, theirs] = drawn([0, 50, null, 100]);
  // Of 100 units each way: y counts from the top; a day alone is a dot.
  expect(ours?.replace(/(\d\.\d)\d+/g, "$1")).toBe("M0 100L33.3 50M100 0h0");
  expect(theirs).toMatch(/^M0 0L/);
});

test("a single day is a dot in the middle", () => {
  expect(drawn([40], ["2026-03-01"])[0]).toBe("M50 60h0");
});

test("the picture has a name and says the latest values", () => {
  drawn([0, 50, 60, 75]);
  const picture = screen.getByRole("img", { name: /^Clicks/ });
  expect(picture.querySelector("desc")?.textContent).toBe("ours: 75!; theirs: 100!");
});

test("the legend speaks of the day that is pointed to, and of the last one otherwise", () => {
  drawn([0, 50, 60, 75]);
  const legend = () => screen.getAllByRole("listitem")[0]?.textContent;
  expect(legend()).toBe("ours75!");
  const picture = screen.getByRole("img");
  picture.getBoundingClientRect = () => new DOMRect(0, 0, 300, 100);
  // jsdom's PointerEvent has no place.
  fireEvent(picture, new MouseEvent("pointermove", { clientX: 110, bubbles: true }));
  expect(legend()).toBe("ours50!");
  fireEvent.pointerLeave(picture);
  expect(legend()).toBe("ours75!");
});

test("all of it is there as a table", () => {
  drawn([0, 50, null, 100]);
  fireEvent.click(screen.getByText("As a table"));
  const rows = within(screen.getByRole("table")).getAllByRole("row");
  expect(rows.map((row) => [...row.children].map((cell) => cell.textContent))).toEqual([
    ["Day", "ours", "theirs"],
    ["Mar 1", "0!", "100!"],
    ["Mar 2", "50!", "100!"],
    ["Mar 3", "–", "100!"],
    ["Mar 4", "100!", "100!"],
  ]);
});
