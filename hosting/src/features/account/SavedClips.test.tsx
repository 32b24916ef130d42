import { cleanup, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { FeedClip } from "../../lib/api";
import { saves } from "../../lib/marks";
import { SavedClips } from "./SavedClips";
import { shown } from "./testing";

const publicFile = vi.hoisted(() => vi.fn());
vi.mock("../../lib/http", () => ({ publicFile }));

const clip = (clip_id: string) => ({ clip_id, caption: `About ${clip_id}` }) as FeedClip;
const posters = () => screen.queryAllByRole("img").map((poster) => poster.getAttribute("alt"));

beforeEach(() => {
  publicFile.mockReset().mockResolvedValue({ release: "r1", clips: ["a", "b", "c"].map(clip) });
});
afterEach(cleanup);

test("saved clips are listed, the latest first, and each opens the feed with it", async () => {
  saves.set(["c", "gone", "a"]);
  shown(<SavedClips />);
  await screen.findByRole("img", { name: "About a" });
  expect(posters()).toEqual(["About a", "About c"]);
  expect(screen.getByRole("link", { name: "About c" })).toHaveAttribute("href", "/?clip=c");
});

test("each can be removed, and with the last it is said how clips come here", async () => {
  saves.set(["c", "a"]);
  shown(<SavedClips />);
  fireEvent.click(await screen.findByRole("button", { name: "Remove About a" }));
  expect(posters()).toEqual(["About c"]);
  expect(saves.get()).toEqual(["c"]);
  fireEvent.click(screen.getByRole("button", { name: "Remove About c" }));
  expect(screen.getByText(/Save a clip in the feed/)).toBeVisible();
});

test("without the feed it is said that the clips are missing, and they stay saved", async () => {
  saves.set(["a"]);
  publicFile.mockRejectedValueOnce(new Error("503"));
  shown(<SavedClips />);
  const failed = await screen.findByRole("status");
  expect(within(failed).getByText("The clips could not be loaded.")).toBeVisible();
  fireEvent.click(screen.getByRole("button", { name: "Try again" }));
  await waitFor(() => {
    expect(posters()).toEqual(["About a"]);
  });
});
