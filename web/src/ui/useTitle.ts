import { useEffect } from "react";

/** What the browser calls the page: in its tab, its history, its bookmarks. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · panope`;
  }, [title]);
}
