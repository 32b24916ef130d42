import { act, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { follows, mark } from "../../lib/marks";
import { clips, current, open, page, scrolledTo, setUp, videos } from "./testing";

vi.mock("../../lib/queue", () => ({ log: vi.fn() }));

setUp();

test("a second tap takes back that somebody is followed no longer, and nothing has moved", async () => {
  for (const creator of ["@creator0", "@creator1"]) mark(follows, creator, true);
  await open("following");
  scrolledTo(1);
  const before = videos();
  const follow = () =>
    within(current() as HTMLElement).getByRole("button", { name: "Follow @creator1" });
  fireEvent.click(follow());
  expect(follows.get()).toEqual(["@creator0"]);
  expect(videos()).toEqual(before);
  fireEvent.click(follow());
  expect(new Set(follows.get())).toEqual(new Set(["@creator0", "@creator1"]));
});

test("who is followed no longer is gone once following is opened again, and it begins anew", async () => {
  for (const creator of ["@creator0", "@creator1"]) mark(follows, creator, true);
  const { turnTo } = await open("following");
  scrolledTo(1);
  act(() => {
    mark(follows, "@creator0", false);
  });
  expect(current()).toHaveAttribute("data-place", "1");
  turnTo("for-you");
  turnTo("following");
  await waitFor(() => {
    expect(videos()).toEqual(["/c1.mp4", "/c4.mp4", "/c7.mp4"]);
  });
  expect(current()).toHaveAttribute("data-place", "0");
  // Whoever is followed after nobody was is all that there is.
  act(() => {
    mark(follows, "@creator1", false);
  });
  fireEvent.click(screen.getByRole("button", { name: "Follow @creator2" }));
  expect(videos()).toEqual(["/c2.mp4", "/c5.mp4", "/c8.mp4"]);
});

test("a creator's only clip comes again and again, with cards between", async () => {
  const only = [{ ...clips[0], creator: "@only" }];
  vi.mocked(fetch).mockResolvedValue(Response.json({ release: "r1", clips: only }));
  mark(follows, "@only", true);
  await open("following");
  const kinds = () =>
    screen.getAllByRole("article", { hidden: true }).map((slot) => slot.dataset["testid"]);
  expect(kinds()).toEqual(["clip", "clip", "clip", "clip", "shop-card"]);
  scrolledTo(4);
  expect(kinds().slice(5)).toEqual(["clip", "clip", "clip", "clip", "shop-card"]);
});

test("following that was empty for a moment is where it was, and follows the scrolling", async () => {
  page.isWide = true;
  mark(follows, "@creator0", true);
  await open("following");
  scrolledTo(1);
  act(() => {
    mark(follows, "@creator0", false);
  });
  // What stands beside the feed goes with it.
  expect(screen.queryByText(/^rail/)).toBeNull();
  const scroll = vi.spyOn(Element.prototype, "scrollTo").mockClear();
  act(() => {
    mark(follows, "@creator0", true);
  });
  expect(scroll).toHaveBeenCalledWith(expect.objectContaining({ behavior: "instant" }));
  expect(current()).toHaveAttribute("data-place", "1");
  const there = page.watched.filter((slot) => slot.isConnected);
  expect(there).toHaveLength(screen.getAllByRole("article", { hidden: true }).length);
});

test("following shows the clips of those who are followed, and before that whom to follow", async () => {
  await open("following");
  expect(screen.getByText("Follow someone, and their clips are here.")).toBeVisible();
  fireEvent.click(screen.getByRole("button", { name: "Follow @creator2" }));
  await waitFor(() => {
    expect(videos()).toEqual(["/c2.mp4", "/c5.mp4", "/c8.mp4"]);
  });
});

test.each([
  [false, "pill c5 of r1"],
  [true, "rail c5"],
])("a link to a clip opens the feed with it, and what it sells: wide %s", async (wide, text) => {
  page.isWide = wide;
  await open("for-you", "/?clip=c5");
  await waitFor(() => {
    expect(current()).toHaveAccessibleName("caption 5");
  });
  expect(screen.getByText(text)).toBeVisible();
});
