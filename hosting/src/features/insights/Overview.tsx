import type { InsightsDay } from "../../lib/api";
import { insights } from "../../lib/strings/insights";
import { Sparkline } from "./LineChart";
import { type Metric, daily, figure, mainCurrency, sum } from "./figures";
import { formatted, money, percent, whole } from "./format";
import styles from "./Dashboard.module.css";

/** The period in a handful of figures, each with its course. */
export function Overview({ days }: { days: InsightsDay[] }) {
  const total = sum(days.map(({ cards }) => cards));
  const currency = mainCurrency(total);
  const course = (metric: Metric) => daily(days, ({ cards }) => figure(cards, metric, currency));
  const said = (metric: Metric) => formatted(figure(total, metric, currency), metric, currency);
  const last = days.at(-1);
  const added = (value: (day: InsightsDay) => number) =>
    days.reduce((before, day) => before + value(day), 0);
  const fresh = share(
    added((day) => day.new_impressions),
    total.impressions,
  );
  const beside = added((day) => day.elsewhere.purchases);
  const unpriced = added((day) => day.unpriced);
  const tiles = [
    { name: insights.impressions, value: said("impressions"), values: course("impressions") },
    {
      name: insights.ctr,
      value: said("ctr"),
      note: insights.clicks(whole(total.clicks)),
      values: course("ctr"),
    },
    {
      name: insights.addRate,
      value: said("addRate"),
      note: insights.additions(whole(total.add_to_cart)),
      values: course("addRate"),
    },
    {
      name: insights.revenue,
      value: money(total.revenue, currency),
      note: insights.purchases(whole(total.purchases)),
      values: daily(days, ({ cards }) => cards.revenue[currency] ?? 0),
    },
    {
      name: insights.searches,
      value: whole(added((day) => day.searches)),
      values: daily(days, (day) => day.searches),
    },
    { name: insights.rpm, value: said("rpm"), values: course("rpm") },
    {
      name: insights.coverage,
      value: last?.products ? percent(last.products_shown / last.products) : "–",
      note: last && insights.coverageNote(whole(last.products_shown), whole(last.products)),
      values: daily(days, (day) => share(day.products_shown, day.products)),
    },
    {
      name: insights.newShare,
      value: fresh === null ? "–" : percent(fresh),
      note: insights.newShareNote,
      values: daily(days, (day) => share(day.new_impressions, day.cards.impressions)),
    },
  ];
  return (
    <section aria-label={insights.overview}>
      <dl className={styles.tiles}>
        {tiles.map(({ name, value, note, values }) => (
          <div key={name} className={styles.tile}>
            <dt>{name}</dt>
            <dd className={styles.value}>{value}</dd>
            <dd className={styles.note}>{note}</dd>
            <dd className={styles.course}>
              <Sparkline values={values} />
            </dd>
          </div>
        ))}
      </dl>
      <p className={styles.note}>
        {insights.elsewhere(whole(beside))}
        {unpriced > 0 && ` ${insights.unpriced(whole(unpriced))}`}
      </p>
    </section>
  );
}

function share(part: number, all: number): number | null {
  return all ? part / all : null;
}
