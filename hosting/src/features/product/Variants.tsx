import { Link } from "react-router";
import type { Variant } from "../../lib/api";
import { strings } from "../../lib/strings";
import { nameOf } from "./attributes";
import { type Choice, type Option, optionsOf } from "./variants";
import styles from "./Variants.module.css";

/** What is chosen by its looks. */
const pictured = new Set(["colour", "pattern", ""]);

interface Props {
  variants: Variant[];
  product_id: string;
  /** What the pages of all variants have in common. */
  state: unknown;
}

/** The colours and sizes of a product; each is a link to its page, in the place of this one. */
export function Variants({ variants, product_id, state }: Props) {
  return optionsOf(variants, product_id).map((option) => {
    const name = option.name ? nameOf(option.name) : strings.optionOther;
    const chosen = option.choices.find((choice) => choice.chosen)?.value ?? "";
    return (
      <div key={option.name} role="group" aria-label={name}>
        <p className={styles.name}>
          {option.name ? (
            <>
              {name}: <strong>{chosen}</strong>
            </>
          ) : (
            name
          )}
        </p>
        <ul className={pictured.has(option.name) ? styles.pictures : styles.chips}>
          {option.choices.map((choice) => (
            <li key={choice.value + choice.image_url}>
              <Value option={option} choice={choice} state={state} />
            </li>
          ))}
        </ul>
      </div>
    );
  });
}

function Value({ option, choice, state }: { option: Option; choice: Choice; state: unknown }) {
  const { value, variant, chosen, image_url } = choice;
  const content =
    pictured.has(option.name) && image_url ? (
      <img src={image_url} alt="" width="60" height="60" />
    ) : (
      value
    );
  if (!variant) {
    return (
      <span role="link" aria-disabled="true" aria-label={strings.soldOut(value)} title={value}>
        {content}
      </span>
    );
  }
  return (
    <Link
      replace
      to={`/product/${encodeURIComponent(variant.product_id)}`}
      state={state}
      aria-current={chosen}
      aria-label={variant.in_stock ? value : strings.soldOut(value)}
      title={value}
    >
      {content}
    </Link>
  );
}
