import { Link, useSearchParams } from "react-router";
import { Message } from "../../components/Message";
import { Page } from "../../components/Page";
import { strings } from "../../lib/strings";
import { account } from "../../lib/strings/account";
import { useTitle } from "../../lib/title";
import styles from "./Account.module.css";
import { History } from "./History";
import { Identity } from "./Identity";
import { Interests } from "./Interests";
import { SavedClips } from "./SavedClips";
import { Settings } from "./Settings";
import { YourData } from "./YourData";

/** Who the shopper is here, what is held on them, and what they can do about it. */
export default function AccountPage() {
  useTitle(strings.you);
  const [parameters] = useSearchParams();
  return (
    <Page header={<h1>{strings.you}</h1>}>
      {parameters.has("deleted") ? (
        <Message
          sign="check"
          action={
            <Link to="/" className="button main">
              {strings.keepWatching}
            </Link>
          }
        >
          {account.deleted}
        </Message>
      ) : (
        <div className={styles.account}>
          <Identity />
          <SavedClips />
          <Interests />
          <History />
          <Settings />
          <YourData />
        </div>
      )}
    </Page>
  );
}
