import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { Link, useLocation, useParams } from "react-router";
import { Failed } from "../../components/Failed";
import { Message } from "../../components/Message";
import { Page } from "../../components/Page";
import { Price } from "../../components/Price";
import { ProductFacts } from "../../components/ProductFacts";
import { ProductTile } from "../../components/ProductTile";
import { TileSkeletons } from "../../components/Skeleton";
import type { Offer, Product, SimilarResponse } from "../../lib/api";
import { addToBag, bag, inBag } from "../../lib/bag";
import { call } from "../../lib/firebase";
import { log } from "../../lib/queue";
import { signals } from "../../lib/signals";
import { strings } from "../../lib/strings";
import styles from "./ProductPage.module.css";

export function ProductPage() {
  const { product_id = "" } = useParams();
  const offer = (useLocation().state as { offer?: Offer } | null)?.offer;
  const { data, isPending, error, refetch } = useQuery({
    queryKey: ["similar", product_id],
    queryFn: () => call<SimilarResponse>("similar", { product_id }),
    retry: (failures, reason) => !isMissing(reason) && failures < 1,
  });
  const found = data?.product.product_id;
  useEffect(() => {
    if (!found) return;
    log({ type: "view_item", product_id: found, ...offer });
    signals.raise();
  }, [found, offer]);

  return (
    // A key of its own, so that a similar product's page starts at its top.
    <Page key={product_id} header={null}>
      {isPending && (
        <div className="grid">
          <TileSkeletons count={1} />
        </div>
      )}
      {error &&
        (isMissing(error) ? (
          <Message
            action={
              <Link to="/search" className="button">
                {strings.browse}
              </Link>
            }
          >
            {strings.productMissing}
          </Message>
        ) : (
          <Failed onRetry={() => void refetch()}>{strings.productFailed}</Failed>
        ))}
      {data && <Details product={data.product} offer={offer} />}
      {data && data.similar.length > 0 && (
        <section>
          <h2 className={styles.heading}>{strings.similar}</h2>
          <div className="grid">
            {data.similar.map(({ product }) => (
              <ProductTile key={product.product_id} product={product} testId="similar-product" />
            ))}
          </div>
        </section>
      )}
    </Page>
  );
}

function Details({ product, offer }: { product: Product; offer: Offer | undefined }) {
  const added = inBag(bag.use(), product);
  return (
    <div className={styles.product}>
      <img src={product.image_url || undefined} alt="" width="400" height="400" />
      <div className={styles.words}>
        <p className={styles.path}>{product.category.join(" › ")}</p>
        <h1>{product.title}</h1>
        <p className={styles.price}>
          <Price product={product} />
        </p>
        <ProductFacts product={product} />
        <p>{product.description}</p>
        <h2 className={styles.heading}>{strings.details}</h2>
        <dl className={styles.details}>
          {product.brand && <Detail name="brand" value={product.brand} />}
          {Object.entries(product.attributes).map(([name, value]) => (
            <Detail
              key={name}
              name={name}
              value={Array.isArray(value) ? value.join(", ") : value}
            />
          ))}
        </dl>
      </div>
      <div className={styles.buy}>
        <Price product={product} />
        <button
          type="button"
          className="button main"
          disabled={added || !product.in_stock}
          onClick={() => {
            addToBag(product, offer);
          }}
        >
          {!product.in_stock ? strings.outOfStock : added ? strings.added : strings.addToBag}
        </button>
      </div>
    </div>
  );
}

function Detail({ name, value }: { name: string; value: string | number | boolean }) {
  return (
    <div>
      <dt>{name.replaceAll("_", " ")}</dt>
      <dd>{String(value)}</dd>
    </div>
  );
}

function isMissing(error: unknown): boolean {
  return (error as { code?: string }).code === "functions/not-found";
}
