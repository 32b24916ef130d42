import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Failed } from "../../components/Failed";
import { Page } from "../../components/Page";
import { failureText } from "../../lib/failure";
import { signOut, signedIn } from "../../lib/operator";
import { insights } from "../../lib/strings/insights";
import { useTitle } from "../../lib/title";
import { Dashboard } from "./Dashboard";
import { SignIn } from "./SignIn";

/** What operators see of their shop; whoever is not signed in as one is asked to. */
export default function InsightsPage() {
  useTitle(insights.title);
  const client = useQueryClient();
  const { data, error, refetch } = useQuery({ queryKey: ["operator"], queryFn: signedIn });
  const leave = () =>
    void signOut().then(() => {
      client.removeQueries({ queryKey: ["insights"] });
      return refetch();
    });
  return (
    <Page header={<h1>{insights.title}</h1>}>
      {error && (
        <Failed whole onRetry={() => void refetch()}>
          {failureText(error, insights.failed)}
        </Failed>
      )}
      {data === false && <SignIn onSignedIn={() => void refetch()} />}
      {data && <Dashboard onSignOut={leave} />}
    </Page>
  );
}
