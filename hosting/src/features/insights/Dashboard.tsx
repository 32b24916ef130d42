import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { BusyButton } from "../../components/BusyButton";
import { Failed } from "../../components/Failed";
import { Message } from "../../components/Message";
import type { InsightsResponse } from "../../lib/api";
import { failureText } from "../../lib/failure";
import { callAsOperator } from "../../lib/operator";
import { insights } from "../../lib/strings/insights";
import { Breakdown } from "./Breakdown";
import { Choice } from "./Choice";
import { Exposure } from "./Exposure";
import { Functions } from "./Functions";
import { Overview } from "./Overview";
import { Releases } from "./Releases";
import { Unanswered } from "./Unanswered";
import { moment } from "./format";
import styles from "./Dashboard.module.css";

const RANGES = [7, 28, 90];

/** All insights of a period; one call, and one more for each count that is asked for. */
export function Dashboard({ onSignOut }: { onSignOut: () => void }) {
  const client = useQueryClient();
  const [range, setRange] = useState(7);
  const { data, error, refetch } = useQuery({
    queryKey: ["insights", range],
    queryFn: () => callAsOperator<InsightsResponse>("insights", { days: range }),
    placeholderData: (before) => before,
    retry: (failures, reason) => !isNoOperator(reason) && failures < 1,
  });
  const reload = () => client.invalidateQueries({ queryKey: ["insights"] });
  const refresh = useMutation({
    mutationFn: () => callAsOperator("refresh_insights", {}),
    onSuccess: reload,
  });
  const signOut = (
    <button type="button" className="button" onClick={onSignOut}>
      {insights.signOut}
    </button>
  );

  if (error && isNoOperator(error)) {
    return (
      <div className={styles.refused}>
        <p role="alert">
          {insights.notOperator} <code>python -m indexer_job operator --user …</code>
        </p>
        {signOut}
      </div>
    );
  }

  const failed = error && failureText(error, insights.failed);
  // What is shown is from before.
  const problem = refresh.error
    ? failureText(refresh.error, insights.refreshFailed)
    : data && failed;
  const last = data?.days.at(-1);
  return (
    <div className={styles.dashboard}>
      <div className={styles.bar}>
        <Choice
          label={insights.range}
          options={RANGES.map((n) => ({ value: n, name: insights.lastDays(n) }))}
          chosen={range}
          onChoose={setRange}
        />
        <BusyButton
          busy={refresh.isPending}
          onClick={() => {
            refresh.mutate();
          }}
        >
          {refresh.isPending ? insights.refreshing : insights.refresh}
        </BusyButton>
        {signOut}
        <p role="status" className={problem ? styles.problem : styles.note}>
          {problem ?? (last && insights.counted(moment(last.counted_at)))}
        </p>
      </div>
      {data && <Figures {...data} onMoved={reload} />}
      {!data && failed && (
        <Failed whole onRetry={() => void refetch()}>
          {failed}
        </Failed>
      )}
      {!data && !failed && <div className={styles.loading} aria-busy="true" />}
    </div>
  );
}

function Figures({
  days,
  functions,
  unanswered,
  releases,
  onMoved,
}: InsightsResponse & { onMoved: () => Promise<unknown> }) {
  const seen = days.some(({ cards }) => cards.impressions > 0);
  return (
    <>
      {seen ? (
        <>
          <Overview days={days} />
          <Breakdown days={days} />
          <Exposure days={days} />
        </>
      ) : (
        <Message>{insights.empty}</Message>
      )}
      <Unanswered queries={unanswered} />
      <Releases releases={releases} days={days} onMoved={onMoved} />
      <Functions functions={functions} days={days} />
    </>
  );
}

function isNoOperator(error: unknown): boolean {
  return (error as { code?: string }).code === "functions/permission-denied";
}
