/** The path under which the server publishes the app, without a slash at the end: "" or "/panope". */
export const basePath: string =
  typeof document === "undefined" ? "" : new URL(document.baseURI).pathname.replace(/\/+$/, "");
