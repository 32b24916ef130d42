import { Page } from "../../components/Page";
import { strings } from "../../lib/strings";
import { useTitle } from "../../lib/title";

export default function AccountPage() {
  useTitle(strings.you);
  return (
    <Page header={<h1>{strings.you}</h1>}>
      <p>{strings.accountAnonymous}</p>
      <br />
      <p>{strings.accountKept}</p>
    </Page>
  );
}
