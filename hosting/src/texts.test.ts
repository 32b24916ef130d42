/** All that the app says is in the catalogue of `lib/strings`, and no text in a component. */

import ts from "typescript";
import { expect, test } from "vitest";

const sources = Object.entries(
  import.meta.glob<string>(["./**/*.tsx", "!./**/*.test.tsx"], {
    query: "?raw",
    import: "default",
    eager: true,
  }),
);
const SAID = ["aria-label", "aria-description", "alt", "label", "placeholder", "title"];
/** What is the same in any language. */
const NO_WORDS = /^p\d\d$/;

/** The words that a component says by itself: its texts, and its attributes that are read out. */
function wordsIn(source: string): string[] {
  const found: string[] = [];
  const keep = (words: string) => {
    if (/\p{L}/u.test(words) && !NO_WORDS.test(words.trim())) found.push(words.trim());
  };
  const visit = (node: ts.Node) => {
    // A command is no sentence.
    if (ts.isJsxElement(node) && node.openingElement.tagName.getText() === "code") return;
    if (ts.isJsxText(node)) keep(node.text);
    if (ts.isJsxExpression(node) && node.expression && ts.isStringLiteral(node.expression)) {
      keep(node.expression.text);
    }
    if (ts.isJsxAttribute(node) && node.initializer && ts.isStringLiteral(node.initializer)) {
      if (SAID.includes(node.name.getText())) keep(node.initializer.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile("a.tsx", source, ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX));
  return found;
}

test("words in a component are found, and what is none is left", () => {
  expect(wordsIn(`<p title="One" className="two">Three {"four"} {five} <b>★ 6</b></p>`)).toEqual([
    "One",
    "Three",
    "four",
  ]);
});

test("no component says anything by itself", () => {
  expect(sources.length).toBeGreaterThan(50);
  const said = sources.flatMap(([path, source]) =>
    wordsIn(source).map((words) => `${path}: ${words}`),
  );
  expect(said).toEqual([]);
});
