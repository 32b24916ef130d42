/** Everything held on the shopper, as one file: the server's, the sign-in's, the device's. */

import type { ExportMyDataResponse } from "../../lib/api";
import { call } from "../../lib/firebase";
import { queue } from "../../lib/queue";

/** Collect it, page after page, and hand it to the browser as a download. */
export async function exportData(): Promise<void> {
  download("shopfyp-my-data.json", await collected());
}

export async function collected() {
  await queue.flush().catch(() => undefined);
  let page = await call<ExportMyDataResponse>("export_my_data", {});
  const { sign_in, profile } = page;
  const events = [...page.events];
  while (page.next_page_token !== null) {
    page = await call<ExportMyDataResponse>("export_my_data", { page_token: page.next_page_token });
    events.push(...page.events);
  }
  return {
    exported_at: new Date().toISOString(),
    sign_in,
    profile,
    events,
    device: Object.fromEntries(Object.entries(localStorage)),
  };
}

function download(name: string, data: unknown): void {
  const file = new Blob([JSON.stringify(data, null, 2)], { type: "application/json" });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
