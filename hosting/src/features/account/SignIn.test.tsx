import { cleanup, fireEvent, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { SignIn } from "./SignIn";
import { shown } from "./testing";

const auth = vi.hoisted(() => ({
  linkWithCredential: vi.fn(),
  linkWithPopup: vi.fn(),
  signInWithCredential: vi.fn(),
  signInWithPopup: vi.fn(),
  sendPasswordResetEmail: vi.fn(),
  signOut: vi.fn(),
  fromError: vi.fn(),
}));
vi.mock("firebase/auth", () => ({
  ...auth,
  browserPopupRedirectResolver: {},
  EmailAuthProvider: { credential: (email: string, password: string) => ({ email, password }) },
  GoogleAuthProvider: Object.assign(vi.fn(), { credentialFromError: auth.fromError }),
}));
const me = { uid: "me" };
vi.mock("../../lib/firebase", () => ({
  authentication: () => Promise.resolve("auth"),
  shopper: () => Promise.resolve(me),
}));
vi.mock("../../lib/queue", () => ({ queue: { flush: () => Promise.resolve() } }));

const refused = (code: string) => Object.assign(new Error(code), { code: `auth/${code}` });
const press = (name: string) => fireEvent.click(screen.getByRole("button", { name }));
const fill = (email = "a@b.c", password = "secret") => {
  fireEvent.change(screen.getByLabelText("Email"), { target: { value: email } });
  fireEvent.change(screen.getByLabelText("Password"), { target: { value: password } });
};

beforeEach(() => {
  vi.resetAllMocks();
});
afterEach(cleanup);

test("the anonymous shopper is linked, so that the user id stays", async () => {
  shown(<SignIn />);
  fill(" a@b.c ");
  press("Keep my profile");
  await waitFor(() => {
    expect(auth.linkWithCredential).toHaveBeenCalledWith(me, {
      email: "a@b.c",
      password: "secret",
    });
  });
  expect(auth.signInWithCredential).not.toHaveBeenCalled();
});

test.each([
  ["weak-password", /too short or too simple/],
  ["invalid-email", /not an email address/],
  ["network-request-failed", /no connection/],
  ["of-a-later-version", /did not work/],
])("%s is said in words", async (code, words) => {
  auth.linkWithCredential.mockRejectedValue(refused(code));
  shown(<SignIn />);
  fill();
  press("Keep my profile");
  expect(await screen.findByText(words)).toBeVisible();
});

test("an address that is taken offers to go on with that profile", async () => {
  auth.linkWithCredential.mockRejectedValue(refused("email-already-in-use"));
  shown(<SignIn />);
  fill();
  press("Keep my profile");
  expect(await screen.findByText(/There is a profile with this sign-in/)).toBeVisible();
  press("Go on with that profile");
  await waitFor(() => {
    expect(auth.signInWithCredential).toHaveBeenCalledWith("auth", {
      email: "a@b.c",
      password: "secret",
    });
  });
});

test("a Google account that is taken offers the same", async () => {
  auth.linkWithPopup.mockRejectedValue(refused("credential-already-in-use"));
  auth.fromError.mockReturnValue("google");
  shown(<SignIn />);
  press("Keep it with Google");
  await screen.findByText(/There is a profile with this sign-in/);
  press("Go on with that profile");
  await waitFor(() => {
    expect(auth.signInWithCredential).toHaveBeenCalledWith("auth", "google");
  });
});

test("a window that the shopper closed is no problem", async () => {
  auth.linkWithPopup.mockRejectedValue(refused("popup-closed-by-user"));
  shown(<SignIn />);
  press("Keep it with Google");
  await waitFor(() => {
    const keep = screen.getByRole("button", { name: "Keep it with Google" });
    expect(keep).toHaveAttribute("aria-disabled", "false");
  });
  expect(screen.getByRole("alert")).toBeEmptyDOMElement();
});

test("who has a profile signs in, and a wrong password does not say what was wrong", async () => {
  auth.signInWithCredential.mockRejectedValue(refused("user-not-found"));
  shown(<SignIn />);
  press("I have a profile already");
  fill();
  press("Sign in");
  expect(await screen.findByText(/do not go together/)).toBeVisible();
  expect(auth.linkWithCredential).not.toHaveBeenCalled();
});

test("a new password can be asked for, and nobody learns who has a profile", async () => {
  auth.sendPasswordResetEmail.mockRejectedValue(refused("user-not-found"));
  shown(<SignIn />);
  press("I have a profile already");
  fill();
  press("Forgot your password?");
  expect(await screen.findByText(/a mail is on its way/)).toBeVisible();
});
