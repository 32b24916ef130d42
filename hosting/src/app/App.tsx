import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { Suspense, lazy } from "react";
import { BrowserRouter, Route, Routes } from "react-router";
import { FeedState } from "../features/feed/FeedState";
import { Boundary } from "./Boundary";
import { ConsentNote } from "./ConsentNote";
import { HomePage } from "./HomePage";
import { Navigation } from "./Navigation";
import { OfflineNote } from "./OfflineNote";
import { PageSkeleton } from "./PageSkeleton";
import { useMedia } from "../lib/useMedia";

// Whoever opens the feed loads the feed; the other pages follow when they are asked for.
const AccountPage = lazy(() => import("../features/account/AccountPage"));
const BagPage = lazy(() => import("../features/bag/BagPage"));
const InsightsPage = lazy(() => import("../features/insights/InsightsPage"));
const ProductPage = lazy(() => import("../features/product/ProductPage"));
const SearchPage = lazy(() => import("../features/search/SearchPage"));

const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: Infinity,
      retry: 1,
      refetchOnWindowFocus: false,
      // What cannot be had fails and says so; the service worker may have it without a connection.
      networkMode: "always",
      refetchOnReconnect: true,
    },
  },
});

/** The navigation stands at the start of a wide screen, and below a phone's. */
const BESIDE = "(min-width: 900px)";

export function App() {
  // In the page it stands where it is seen, so that Tab reaches it there.
  const isBeside = useMedia(BESIDE);
  return (
    <QueryClientProvider client={client}>
      <BrowserRouter>
        {/* Above the routes, so that the feed is where it was when the shopper comes back. */}
        <FeedState>
          <div className="shell">
            {isBeside && <Navigation />}
            <div className="screen">
              <OfflineNote />
              <div className="page">
                <Boundary>
                  <Suspense fallback={<PageSkeleton />}>
                    <Routes>
                      <Route path="/" element={<HomePage tab="for-you" />} />
                      <Route path="/following" element={<HomePage tab="following" />} />
                      <Route path="/search" element={<SearchPage />} />
                      <Route path="/product/:product_id" element={<ProductPage />} />
                      <Route path="/bag" element={<BagPage />} />
                      <Route path="/you" element={<AccountPage />} />
                      <Route path="/insights" element={<InsightsPage />} />
                      <Route path="*" element={<HomePage tab="for-you" />} />
                    </Routes>
                  </Suspense>
                </Boundary>
              </div>
              <ConsentNote />
            </div>
            {!isBeside && <Navigation />}
          </div>
        </FeedState>
      </BrowserRouter>
    </QueryClientProvider>
  );
}
