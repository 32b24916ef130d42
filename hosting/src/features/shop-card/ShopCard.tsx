import { useEffect } from "react";
import { Link } from "react-router";
import { Failed } from "../../components/Failed";
import { Message } from "../../components/Message";
import { TileSkeletons } from "../../components/Skeleton";
import type { Card, Offer, OfferedProduct, RecommendResponse } from "../../lib/api";
import { failureText } from "../../lib/failure";
import { log } from "../../lib/queue";
import { reasonText, strings } from "../../lib/strings";
import { useVisible } from "../../lib/useVisible";
import { CardProduct } from "./CardProduct";
import { useCard } from "./useCard";
import { useDwell } from "./useDwell";
import styles from "./ShopCard.module.css";

/** The cards whose impressions are logged; gone with the page, which deleting all loads anew. */
const logged = new Set<string>();

interface Props {
  slotKey: string;
  current: boolean;
}

/** A ShopFYPCard: products for one interest, and why they are shown. */
export function ShopCard({ slotKey, current }: Props) {
  const { response, isError, error, isOld, isAwaited, retry } = useCard(slotKey, current);
  const card = response?.cards[0];
  return (
    <section className={styles.card}>
      {!response && !isError && (
        <>
          <h2>{strings.cardLoading}</h2>
          <div className={styles.products}>
            <TileSkeletons count={5} />
          </div>
        </>
      )}
      {!response && isError && (
        <Failed whole onRetry={() => void retry()}>
          {failureText(error, strings.cardFailed)}
        </Failed>
      )}
      {response && !card && (
        <Message
          sign="bag"
          action={
            <Link to="/search" className="button">
              {strings.browse}
            </Link>
          }
        >
          {strings.cardEmpty}
        </Message>
      )}
      {response && card && <Products response={response} card={card} current={current} />}
      {/* There from the start: it is read out, and nothing moves, when it says something. */}
      <p className={styles.note} role="status">
        {isOld &&
          `${isAwaited ? failureText(error, strings.shopSilent) : ""} ${strings.fromBefore}`}
      </p>
    </section>
  );
}

interface ProductsProps {
  response: RecommendResponse;
  card: Card;
  current: boolean;
}

function Products({ response, card, current }: ProductsProps) {
  useImpressions(current, response, card);
  useDwell(current, response, card);
  return (
    <>
      <h2 data-testid="card-reason">{reasonText(card.reason)}</h2>
      <ul className={styles.products}>
        {card.products.map((item) => (
          <CardProduct
            key={item.product.product_id}
            product={item.product}
            offer={offerOf(response, card, item)}
          />
        ))}
      </ul>
    </>
  );
}

/**
 * Log that the products of a card were seen, each with its place and its propensity; once, however
 * often the card is mounted, as the server takes each for a further one.
 */
function useImpressions(current: boolean, response: RecommendResponse, card: Card): void {
  const visible = useVisible();
  useEffect(() => {
    if (!current || !visible || logged.has(card.card_id)) return;
    logged.add(card.card_id);
    for (const [position, item] of card.products.entries()) {
      const { product_id } = item.product;
      const { propensity } = item;
      const offer = offerOf(response, card, item);
      log({ type: "impression", product_id, ...offer, position, propensity });
    }
  }, [current, visible, response, card]);
}

function offerOf(response: RecommendResponse, card: Card, { sources }: OfferedProduct): Offer {
  const { release, variant } = response;
  const { card_id, reason } = card;
  const source = sources[0] ?? card.source;
  return { release, variant, card_id, source, reason_code: reason.code };
}
