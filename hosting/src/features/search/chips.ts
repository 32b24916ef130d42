import type { SlotName, UnderstoodSlot } from "../../lib/api";
import { locale } from "../../lib/language";
import { bounds, slotNames, slotValues } from "../../lib/strings";

/** What one chip stands for: all that was understood under one name. */
export interface Chip {
  slot: SlotName;
  label: string;
}

/** The chips for what was understood: one for each name, as a name is what can be removed. */
export function chipsOf(understood: UnderstoodSlot[]): Chip[] {
  const people = new Set(
    understood.filter(({ slot }) => slot === "recipient").map(({ start }) => start),
  );
  const bySlot = new Map<SlotName, string[]>();
  for (const slot of understood) {
    // "For my son" says that it is for boys; one chip will do, and takes both away.
    if (slot.slot === "gender" && people.has(slot.start)) continue;
    bySlot.set(slot.slot, [...(bySlot.get(slot.slot) ?? []), valueOf(slot)]);
  }
  return [...bySlot].map(([slot, values]) => ({
    slot,
    label: `${slotNames[slot]}: ${[...new Set(values)].join(", ")}`,
  }));
}

/** The value of a slot, in words. */
export function valueOf({ slot, values, low, high }: UnderstoodSlot): string {
  const number = slot === "budget" ? money(values[0]) : plain;
  // Whom it is for may imply years; the words say it better.
  if (slot !== "recipient") {
    if (low !== null && high !== null && slot === "age" && high >= OLDEST)
      return bounds.least(number(low));
    if (low !== null && high !== null)
      return low === high ? number(low) : bounds.both(number(low), number(high));
    if (high !== null) return bounds.most(number(high));
    if (low !== null) return bounds.least(number(low));
  }
  return values.map((value) => slotValues[value] ?? value).join(", ");
}

/** The slots of a URL that a shopper removed; what is no slot is left out. */
export function ignoredOf(parameter: string | null): SlotName[] {
  const names = new Set(parameter?.split(","));
  return (Object.keys(slotNames) as SlotName[]).filter((name) => names.has(name));
}

export const OLDEST = 99;

export function money(currency: string | undefined): (value: number) => string {
  if (!currency) return plain;
  return (value) =>
    new Intl.NumberFormat(locale, {
      style: "currency",
      currency,
      maximumFractionDigits: Number.isInteger(value) ? 0 : 2,
    }).format(value);
}

export function plain(value: number): string {
  return value.toLocaleString(locale, { maximumFractionDigits: 2 });
}
