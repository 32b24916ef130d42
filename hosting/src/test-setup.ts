import "fake-indexeddb/auto";
import "@testing-library/jest-dom/vitest";

// jsdom lays nothing out, so there is nothing to scroll, and nothing has a size that changes.
Element.prototype.scrollIntoView = () => undefined;
globalThis.ResizeObserver = class {
  observe() {}
  unobserve() {}
  disconnect() {}
};
