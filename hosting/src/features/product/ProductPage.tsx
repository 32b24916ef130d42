import { useQuery } from "@tanstack/react-query";
import { useEffect, useEffectEvent } from "react";
import { Link, useLocation, useParams } from "react-router";
import { Failed } from "../../components/Failed";
import { Message } from "../../components/Message";
import { Page } from "../../components/Page";
import { Price } from "../../components/Price";
import { ProductFacts } from "../../components/ProductFacts";
import type { Offer, Product, SimilarResponse } from "../../lib/api";
import { failureText, isMissing } from "../../lib/failure";
import { call } from "../../lib/firebase";
import { log } from "../../lib/queue";
import { signals } from "../../lib/signals";
import { strings } from "../../lib/strings";
import { useTitle } from "../../lib/title";
import { BuyBar } from "./BuyBar";
import { Gallery } from "./Gallery";
import { ProductSkeleton } from "./ProductSkeleton";
import { Rail } from "./Rail";
import { Reviews } from "./Reviews";
import { Variants } from "./Variants";
import { nameOf, textOf } from "./attributes";
import styles from "./ProductPage.module.css";

/** What an address of the history keeps. */
interface Kept {
  /** The offer that led here. */
  offer?: Offer;
  /** Where the page that shows a product's variants in turn is in the history. */
  place?: string;
}

export default function ProductPage() {
  const { product_id = "" } = useParams();
  const location = useLocation() as { key: string; state: Kept | null };
  const { offer, place = location.key } = location.state ?? {};
  const { data, isPending, isPlaceholderData, error, refetch } = useQuery({
    queryKey: ["similar", product_id],
    queryFn: () => call<SimilarResponse>("similar", { product_id }),
    retry: (failures, reason) => !isMissing(reason) && failures < 1,
    // Until a variant is there, the page stays as it is.
    placeholderData: (before: SimilarResponse | undefined) =>
      before?.variants.some((variant) => variant.product_id === product_id) ? before : undefined,
  });
  useTitle(data?.product.title);
  const found = data?.product.product_id;
  const onFound = useEffectEvent((product_id: string) => {
    log({ type: "view_item", product_id, ...offer });
    signals.raise();
  });
  useEffect(() => {
    // Once: while a variant is awaited, what was found is the one before it.
    if (found) onFound(found);
  }, [found]);

  return (
    // A page of its own for each product, which starts at its top; one for all of its variants.
    <Page key={place} place={place} header={null}>
      {isPending && <ProductSkeleton />}
      {error && <h1 className="visually-hidden">{strings.shop}</h1>}
      {error &&
        (isMissing(error) ? (
          <Message
            sign="bag"
            action={
              <Link to="/search" className="button">
                {strings.browse}
              </Link>
            }
          >
            {strings.productMissing}
          </Message>
        ) : (
          <Failed whole onRetry={() => void refetch()}>
            {failureText(error, strings.productFailed)}
          </Failed>
        ))}
      {data && (
        <div aria-busy={isPlaceholderData}>
          <Details
            {...data}
            product_id={product_id}
            awaited={isPlaceholderData}
            kept={{ ...(offer && { offer }), place }}
          />
        </div>
      )}
    </Page>
  );
}

interface DetailsProps extends SimilarResponse {
  product_id: string;
  /** It is on its way; what is here is the variant before it. */
  awaited: boolean;
  kept: Kept;
}

function Details(props: DetailsProps) {
  const { product, product_id, awaited, variants, release, similar, goes_with, kept } = props;
  return (
    <>
      <div className={styles.product}>
        <div className={styles.pictures}>
          <Gallery key={product.image_url} product={product} />
        </div>
        <div className={styles.words}>
          <div>
            <p className={styles.path}>{product.category.join(" › ")}</p>
            <h1>{product.title}</h1>
          </div>
          <p className={styles.price}>
            <Price product={product} />
          </p>
          <ProductFacts product={product} />
          <Variants variants={variants} product_id={product_id} state={kept} />
          <BuyBar product={product} offer={kept.offer} awaited={awaited} />
          {product.description && (
            <section>
              <h2 className={styles.heading}>{strings.about}</h2>
              <p className={styles.description}>{product.description}</p>
            </section>
          )}
          <Facts product={product} />
          <Reviews product={product} />
        </div>
      </div>
      <div className={styles.rails}>
        <Rail
          heading={strings.goesWith}
          items={goes_with}
          release={release}
          testId="goes-with-product"
        />
        <Rail
          heading={strings.similar}
          items={similar}
          release={release}
          testId="similar-product"
        />
      </div>
    </>
  );
}

function Facts({ product: { brand, attributes } }: { product: Product }) {
  const facts: Product["attributes"] = brand ? { brand, ...attributes } : attributes;
  if (!Object.keys(facts).length) return null;
  return (
    <section>
      <h2 className={styles.heading}>{strings.details}</h2>
      <dl className={styles.details}>
        {Object.entries(facts).map(([name, value]) => (
          <div key={name}>
            <dt>{nameOf(name)}</dt>
            <dd>{textOf(value)}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
