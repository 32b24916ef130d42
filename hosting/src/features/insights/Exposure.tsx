import type { InsightsDay } from "../../lib/api";
import { strings } from "../../lib/strings";
import { LineChart } from "./LineChart";
import { calendar, daily } from "./figures";
import { percent } from "./format";
import styles from "./Dashboard.module.css";

const texts = strings.insights;

/** How much of the catalogue is shown, and how much of what is shown is new. */
export function Exposure({ days }: { days: InsightsDay[] }) {
  const names = calendar(days).map(({ day }) => day);
  const coverage = daily(days, (day) => (day.products ? day.products_shown / day.products : null));
  const fresh = daily(days, ({ cards, new_impressions }) =>
    cards.impressions ? new_impressions / cards.impressions : null,
  );
  return (
    <section className={styles.panel}>
      <h2>{texts.exposure}</h2>
      <div className={styles.halves}>
        <LineChart
          title={texts.coverage}
          days={names}
          series={[{ name: texts.coverage, values: coverage }]}
          format={percent}
        />
        <LineChart
          title={texts.newShare}
          days={names}
          series={[{ name: texts.newShare, values: fresh }]}
          format={percent}
        />
      </div>
    </section>
  );
}
