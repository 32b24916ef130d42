import page from "../../index.html?raw";
import { cleanup, render } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";
import { Icon } from "./Icon";
import styles from "./Icon.module.css";

afterEach(cleanup);

test.each(["home", "search", "bag", "you"] as const)(
  "the picture of the navigation in index.html has the sign of %s",
  (name) => {
    const { container } = render(<Icon name={name} />);
    expect(page).toContain(container.querySelector("path")?.getAttribute("d"));
  },
);

test.each([
  ["back", true],
  ["close", false],
] as const)("whether %s turns with the direction of the text: %s", (name, turns) => {
  const { container } = render(<Icon name={name} />);
  const sign = container.querySelector("svg") as SVGElement;
  expect(sign.classList.contains(styles["directed"] ?? "")).toBe(turns);
});
