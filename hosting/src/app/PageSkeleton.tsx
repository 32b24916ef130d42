import { Page } from "../components/Page";
import { TileSkeletons } from "../components/Skeleton";

/** A page in grey, with its way back, until its script is there. */
export function PageSkeleton() {
  return (
    <Page header={null}>
      <div className="grid" aria-busy="true">
        <TileSkeletons count={8} />
      </div>
    </Page>
  );
}
