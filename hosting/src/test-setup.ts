import "fake-indexeddb/auto";
import "@testing-library/jest-dom/vitest";

// jsdom lays nothing out, so there is nothing to scroll.
Element.prototype.scrollIntoView = () => undefined;
