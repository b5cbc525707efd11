/** What the server, or the way to it, answered instead of data. */
export class ApiError extends Error {
  override readonly name = "ApiError";

  constructor(
    /** HTTP status; 0 when the server was not reached. */
    readonly status: number,
    /** The server's word for what happened, such as `query_too_broad`. */
    readonly code: string,
    message: string,
    readonly requestId: string | null,
    /** The body, for what else it says. */
    readonly details: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
  }
}

/** The error of an answer that is no success. */
export async function errorOf(response: Response): Promise<ApiError> {
  const requestId = response.headers.get("x-request-id");
  let body: Record<string, unknown> = {};
  try {
    const parsed: unknown = await response.json();
    if (typeof parsed === "object" && parsed !== null) body = parsed as Record<string, unknown>;
  } catch {
    // Not JSON: a proxy in between, most likely.
  }
  const message = typeof body["message"] === "string" ? body["message"] : `The server answered ${response.status}.`;
  const code = typeof body["error"] === "string" ? body["error"] : "unknown";
  return new ApiError(response.status, code, message, requestId, body);
}
