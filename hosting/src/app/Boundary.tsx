import { Component, type ReactNode } from "react";
import { useLocation } from "react-router";
import { Failed } from "../components/Failed";
import { Page } from "../components/Page";
import { reload } from "../lib/offline";
import { strings } from "../lib/strings";

interface Props {
  path: string;
  children: ReactNode;
}

interface State {
  path: string;
  failed: boolean;
}

/** React asks classes only what to do about an error. */
class Caught extends Component<Props, State> {
  override state: State = { path: this.props.path, failed: false };

  static getDerivedStateFromError(): Partial<State> {
    return { failed: true };
  }

  /** Another address starts anew; what works there is not mounted anew, as by a key. */
  static getDerivedStateFromProps({ path }: Props, before: State): State | null {
    return path === before.path ? null : { path, failed: false };
  }

  override render() {
    if (!this.state.failed) return this.props.children;
    // A script that could not be had is only asked for again by a new page.
    return (
      <Page header={<h1>{strings.appName}</h1>}>
        <Failed whole onRetry={() => void reload()}>
          {strings.pageFailed}
        </Failed>
      </Page>
    );
  }
}

/** Holds up a page that cannot be shown, so that the rest of the app stays. */
export function Boundary({ children }: { children: ReactNode }) {
  return <Caught path={useLocation().pathname}>{children}</Caught>;
}
