import page from "../../index.html?raw";
import { cleanup, render } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";
import { Icon } from "./Icon";

afterEach(cleanup);

test.each(["home", "search", "bag", "you"] as const)(
  "the picture of the navigation in index.html has the sign of %s",
  (name) => {
    const { container } = render(<Icon name={name} />);
    expect(page).toContain(container.querySelector("path")?.getAttribute("d"));
  },
);
