import type { InsightsDay } from "../../lib/api";
import { insights } from "../../lib/strings/insights";
import { LineChart } from "./LineChart";
import { calendar, daily } from "./figures";
import { percent } from "./format";
import styles from "./Dashboard.module.css";

/** How much of the catalogue is shown, and how much of what is shown is new. */
export function Exposure({ days }: { days: InsightsDay[] }) {
  const names = calendar(days).map(({ day }) => day);
  const coverage = daily(days, (day) => (day.products ? day.products_shown / day.products : null));
  const fresh = daily(days, ({ cards, new_impressions }) =>
    cards.impressions ? new_impressions / cards.impressions : null,
  );
  return (
    <section className={styles.panel}>
      <h2>{insights.exposure}</h2>
      <div className={styles.halves}>
        <LineChart
          title={insights.coverage}
          days={names}
          series={[{ name: insights.coverage, values: coverage }]}
          format={percent}
        />
        <LineChart
          title={insights.newShare}
          days={names}
          series={[{ name: insights.newShare, values: fresh }]}
          format={percent}
        />
      </div>
    </section>
  );
}
