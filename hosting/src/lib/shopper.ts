/** What the open page holds of a shopper; nobody who takes their place is told of it. */

const held: { clear: () => void }[] = [];

/** Have a collection emptied when somebody else takes the shopper's place. */
export function ofShopper<Collection extends { clear: () => void }>(collection: Collection) {
  held.push(collection);
  return collection;
}

/** Somebody else is here: forget what the page holds of the shopper before. */
export function forgetShopper(): void {
  for (const collection of held) collection.clear();
}
