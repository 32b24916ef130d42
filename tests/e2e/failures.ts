/** Says last, and in few words, what failed: of a long log often only the end is kept. */

import type { FullConfig, Reporter, Suite } from "@playwright/test/reporter";

const COLOURS = /\u001b\[[0-9;]*m/g;
const LINES = 6;
const TESTS = 3;

export default class Failures implements Reporter {
  private suite: Suite | undefined;

  onBegin(_config: FullConfig, suite: Suite): void {
    this.suite = suite;
  }

  onEnd(): void {
    const failed = (this.suite?.allTests() ?? []).filter(({ results }) =>
      results.some(({ error }) => error),
    );
    for (const test of failed.slice(0, TESTS)) {
      const [, project, , title] = test.titlePath();
      const message = test.results.find(({ error }) => error)?.error?.message ?? "";
      const lines = message
        .replace(COLOURS, "")
        .split("\n")
        .filter((line) => line.trim());
      console.log(
        `${test.outcome()}: [${project}] ${title}\n  ${lines.slice(0, LINES).join("\n  ")}`,
      );
    }
  }

  printsToStdio(): boolean {
    return false;
  }
}
