import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { Suspense, lazy } from "react";
import { BrowserRouter, Route, Routes } from "react-router";
import { BagPage } from "../features/bag/BagPage";
import { FeedState } from "../features/feed/FeedState";
import { ProductPage } from "../features/product/ProductPage";
import { SearchPage } from "../features/search/SearchPage";
import { HomePage } from "./HomePage";
import { Navigation } from "./Navigation";
import { OfflineNote } from "./OfflineNote";
import styles from "./App.module.css";

const AccountPage = lazy(async () => ({
  default: (await import("../features/account/AccountPage")).AccountPage,
}));

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

export function App() {
  return (
    <QueryClientProvider client={client}>
      <BrowserRouter>
        {/* Above the routes, so that the feed is where it was when the shopper comes back. */}
        <FeedState>
          <div className={styles.shell}>
            <div className={styles.screen}>
              <OfflineNote />
              <div className={styles.page}>
                <Routes>
                  <Route path="/" element={<HomePage tab="for-you" />} />
                  <Route path="/following" element={<HomePage tab="following" />} />
                  <Route path="/search" element={<SearchPage />} />
                  <Route path="/product/:product_id" element={<ProductPage />} />
                  <Route path="/bag" element={<BagPage />} />
                  <Route
                    path="/you"
                    element={
                      <Suspense fallback={null}>
                        <AccountPage />
                      </Suspense>
                    }
                  />
                  <Route path="*" element={<HomePage tab="for-you" />} />
                </Routes>
              </div>
            </div>
            <Navigation />
          </div>
        </FeedState>
      </BrowserRouter>
    </QueryClientProvider>
  );
}
