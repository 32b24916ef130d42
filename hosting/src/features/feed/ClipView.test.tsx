import { act, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { follows, likes, saves } from "../../lib/marks";
import { log } from "../../lib/queue";
import { share } from "../../lib/share";
import { turn } from "../../lib/testing";
import { current, open, pause, play, scrolledTo, setUp } from "./testing";

vi.mock("../../lib/queue", () => ({ log: vi.fn() }));
vi.mock("../../lib/share", () => ({ share: vi.fn() }));

setUp();

test("a clip plays once the swipe to it has come to rest, and the one that was left stops at once", async () => {
  await open();
  const played: unknown[] = play.mock.contexts;
  const paused: unknown[] = pause.mock.contexts;
  await waitFor(() => {
    expect(played).toHaveLength(1);
  });
  const [first, second, third] = document.querySelectorAll("video");
  vi.useFakeTimers();
  scrolledTo(1);
  expect(paused.at(-1)).toBe(first);
  act(() => void vi.advanceTimersByTime(149));
  scrolledTo(2);
  act(() => void vi.advanceTimersByTime(149));
  expect(played).toEqual([first]);
  act(() => void vi.advanceTimersByTime(1));
  expect(played).toEqual([first, third]);
  expect(played).not.toContain(second);
  vi.useRealTimers();
});

test("sound is off until it is turned on, and then stays on from clip to clip", async () => {
  await open();
  const there = () => within(current() as HTMLElement);
  const isMuted = () => current()?.querySelector("video")?.muted;
  expect(isMuted()).toBe(true);
  fireEvent.click(there().getByRole("button", { name: "Unmute" }));
  expect(isMuted()).toBe(false);
  scrolledTo(1);
  expect(isMuted()).toBe(false);
  fireEvent.click(there().getByRole("button", { name: "Mute" }));
  expect(isMuted()).toBe(true);
});

test("like, save and follow can be taken back, and one's own like counts", async () => {
  await open();
  scrolledTo(1);
  const button = (name: RegExp) => within(current() as HTMLElement).getByRole("button", { name });
  for (const [name, marks, what] of [
    [/^Like/, likes, "c1"],
    [/^Save/, saves, "c1"],
    [/^Follow/, follows, "@creator1"],
  ] as const) {
    fireEvent.click(button(name));
    expect(marks.get()).toEqual([what]);
    expect(button(name)).toHaveAttribute("aria-pressed", "true");
    if (marks === likes) expect(button(name)).toHaveAccessibleName("Like 2");
    fireEvent.click(button(name));
    expect(marks.get()).toEqual([]);
    expect(button(name)).toHaveAttribute("aria-pressed", "false");
  }
});

test.each([
  ["copied", "Link copied."],
  ["shared", ""],
] as const)("a clip's link that is %s says '%s', for a while", async (done, said) => {
  vi.mocked(share).mockResolvedValue(done);
  await open();
  const there = within(current() as HTMLElement);
  vi.useFakeTimers();
  fireEvent.click(there.getByRole("button", { name: "Share" }));
  expect(share).toHaveBeenLastCalledWith("caption 0", `${location.origin}/?clip=c0`);
  const notice = there.getByRole("status");
  await act(() => vi.advanceTimersByTimeAsync(2400));
  expect(notice.textContent).toBe(said);
  await act(() => vi.advanceTimersByTimeAsync(200));
  expect(notice).toBeEmptyDOMElement();
  vi.useRealTimers();
});

test("a clip's link that cannot be copied is there, to be copied by hand", async () => {
  HTMLDialogElement.prototype.showModal = function () {
    this.open = true;
  };
  vi.mocked(share).mockResolvedValue("failed");
  await open();
  fireEvent.click(within(current() as HTMLElement).getByRole("button", { name: "Share" }));
  expect(await screen.findByLabelText("Copy it from here")).toHaveValue(
    `${location.origin}/?clip=c0`,
  );
});

test("a clip's progress is as far along as what is played of it", async () => {
  await open();
  const video = current()?.querySelector("video") as HTMLVideoElement;
  const progress = () => (current()?.querySelector('[class*="progress"]') as HTMLElement).style;
  Object.defineProperty(video, "duration", { value: 8 });
  video.currentTime = 2;
  fireEvent.timeUpdate(video);
  expect(progress().getPropertyValue("scale")).toBe("0.25 1");
});

test("a double tap likes and never unlikes; a tap pauses", async () => {
  await open();
  const pause = () => within(current() as HTMLElement).getByRole("button", { name: "Pause" });
  const video = pause();
  vi.useFakeTimers();
  const tap = (timeStamp: number) => {
    const event = new MouseEvent("click", { bubbles: true, detail: 1 });
    Object.defineProperty(event, "timeStamp", { value: timeStamp });
    fireEvent(video, event);
  };
  tap(1000);
  tap(1100);
  expect(likes.get()).toEqual(["c0"]);
  tap(1200);
  expect(likes.get()).toEqual(["c0"]);
  act(() => {
    vi.advanceTimersByTime(1000);
  });
  expect(pause()).toBe(video);
  tap(5000);
  act(() => {
    vi.advanceTimersByTime(300);
  });
  expect(screen.getByRole("button", { name: "Play" })).toBe(video);
  vi.useRealTimers();
});

test("a double tap shows a heart where it was, for a while", async () => {
  await open();
  const button = within(current() as HTMLElement).getByRole("button", { name: "Pause" });
  vi.useFakeTimers();
  for (const timeStamp of [1000, 1100]) {
    const event = new MouseEvent("click", { bubbles: true, detail: 1, clientX: 70, clientY: 90 });
    Object.defineProperty(event, "timeStamp", { value: timeStamp });
    fireEvent(button, event);
  }
  const heart = button.querySelector("span");
  expect(heart).toHaveStyle({ left: "70px", top: "90px" });
  act(() => void vi.advanceTimersByTime(800));
  expect(heart).not.toBeInTheDocument();
  vi.useRealTimers();
});

test("a clip that may not play says so, and one that is stopped", async () => {
  play.mockRejectedValueOnce(new DOMException("not now", "NotAllowedError"));
  await open();
  const button = await screen.findByRole("button", { name: "Play" });
  const video = document.querySelector("video") as HTMLVideoElement;
  play.mockClear();
  fireEvent.click(button);
  expect(play).toHaveBeenCalledTimes(1);
  expect(button).toHaveAccessibleName("Pause");
  fireEvent.pause(video);
  expect(button).toHaveAccessibleName("Play");
  fireEvent.play(video);
  expect(button).toHaveAccessibleName("Pause");
});

test("a clip that may not play with its sound plays without", async () => {
  await open();
  fireEvent.click(within(current() as HTMLElement).getByRole("button", { name: "Unmute" }));
  play.mockClear().mockRejectedValueOnce(new DOMException("not now", "NotAllowedError"));
  scrolledTo(1);
  const there = within(current() as HTMLElement);
  expect(await there.findByRole("button", { name: "Unmute" })).toBeVisible();
  expect(current()?.querySelector("video")?.muted).toBe(true);
  expect(play).toHaveBeenCalledTimes(2);
  expect(there.getByRole("button", { name: "Pause" })).toBeVisible();
});

test("a clip that may not even play without its sound says so", async () => {
  const refusal = new DOMException("not now", "NotAllowedError");
  play.mockRejectedValueOnce(refusal).mockRejectedValueOnce(refusal);
  await open();
  const there = within(current() as HTMLElement);
  fireEvent.click(there.getByRole("button", { name: "Unmute" }));
  expect(await there.findByRole("button", { name: "Play" })).toBeVisible();
  expect(play).toHaveBeenCalledTimes(2);
});

test("a clip that was left is not one that the shopper has stopped", async () => {
  await open();
  const [first] = document.querySelectorAll("video");
  scrolledTo(1);
  fireEvent.pause(first as HTMLVideoElement);
  scrolledTo(0);
  expect(within(current() as HTMLElement).getByRole("button", { name: "Pause" })).toBeVisible();
});

test("a clip rests while the shopper is elsewhere, and goes on when they are back", async () => {
  await open();
  const [first] = document.querySelectorAll("video");
  const pause = vi.spyOn(first as HTMLVideoElement, "pause");
  act(() => {
    turn("hidden");
  });
  expect(pause).toHaveBeenCalledTimes(1);
  fireEvent.pause(first as HTMLVideoElement);
  play.mockClear();
  act(() => {
    turn("visible");
  });
  await waitFor(() => {
    expect(play).toHaveBeenCalledTimes(1);
  });
  expect(within(current() as HTMLElement).getByRole("button", { name: "Pause" })).toBeVisible();
});

test("a clip counts as watched after two seconds", async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  await open();
  act(() => {
    vi.advanceTimersByTime(2100);
  });
  expect(log).toHaveBeenCalledWith({ type: "view_clip", clip_id: "c0" });
  vi.useRealTimers();
});

test("only time in which the page is in sight counts, and a clip counts once", async () => {
  vi.mocked(log).mockClear();
  turn("hidden");
  vi.useFakeTimers({ shouldAdvanceTime: true });
  await open();
  const pass = (milliseconds: number) => {
    act(() => void vi.advanceTimersByTime(milliseconds));
  };
  pass(5000);
  expect(log).not.toHaveBeenCalled();
  for (let turns = 0; turns < 2; turns += 1) {
    act(() => {
      turn("visible");
    });
    pass(2100);
    expect(log).toHaveBeenCalledTimes(1);
    act(() => {
      turn("hidden");
    });
  }
  vi.useRealTimers();
});
