/** Handing an address on: by the device's own sheet where there is one, else by the clipboard. */

export type Shared = "shared" | "copied" | "failed";

export async function share(title: string, url: string): Promise<Shared> {
  if ("share" in navigator) {
    try {
      await navigator.share({ title, url });
      return "shared";
    } catch (error) {
      // Who closes the sheet wants no link either.
      if ((error as Error).name === "AbortError") return "shared";
    }
  }
  try {
    await navigator.clipboard.writeText(url);
    return "copied";
  } catch {
    return "failed";
  }
}
