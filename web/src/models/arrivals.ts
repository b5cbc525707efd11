/** What arrived and what was refused, as one story in words, the newest first. */
import { formatCount } from "@/lib/formatters";

export interface Code {
  code: string;
  count: number;
  advice: string;
}

export interface ArrivedRequest {
  requestId: string;
  receivedUs: number;
  publicKey: string | null;
  sdkName: string | null;
  sdkVersion: string | null;
  protocol: string;
  accepted: number;
  rejected: number;
  status: number;
  reasons: readonly Code[];
}

export interface Refused {
  keyPrefix: string;
  publicKey: string | null;
  reason: string;
  seen: string;
  advice: string;
  count: number;
  lastUs: number;
}

export interface Arrival {
  key: string;
  us: number;
  tone: "ok" | "warn" | "bad";
  /** One line that says what happened. */
  title: string;
  /** What to do about it; one per line. */
  advice: readonly string[];
}

const UNAUTHENTICATED = 401;
const FAILED_FROM = 400;

/** In the words of whoever looks at keys in a page; others come as the server says them. */
const REASONS: Readonly<Record<string, string>> = {
  wrong_secret: "the secret key is wrong for this public key",
  revoked: "this key was revoked",
  expired: "this key has expired",
  unknown_key: "no such key here",
  secret_first: "the secret key stands where the public key belongs",
};

/** All that happened since a moment. */
export function tellArrivals(
  { requests, refused }: { requests: readonly ArrivedRequest[]; refused: readonly Refused[] },
  sinceUs: number,
): Arrival[] {
  const told = [
    ...requests.filter(({ receivedUs }) => receivedUs > sinceUs).map(tellRequest),
    ...refused.filter(({ lastUs }) => lastUs > sinceUs).map(tellRefused),
  ];
  return told.toSorted((one, other) => other.us - one.us || one.key.localeCompare(other.key));
}

function tellRequest(request: ArrivedRequest): Arrival {
  const { accepted, rejected, status, reasons } = request;
  const isRefused = status >= FAILED_FROM;
  const parts = isRefused
    ? [`refused whole with ${status}`]
    : [`${formatCount(accepted)} ${accepted === 1 ? "event" : "events"} stored`];
  if (!isRefused && rejected > 0) parts.push(`${formatCount(rejected)} rejected`);
  return {
    key: request.requestId,
    us: request.receivedUs,
    tone: isRefused || accepted === 0 ? "bad" : rejected > 0 ? "warn" : "ok",
    title: `Request from ${nameClient(request)}: ${parts.join(", ")}`,
    advice: reasons.map(({ code, advice }) => `${code}: ${advice}`),
  };
}

function tellRefused(refused: Refused): Arrival {
  const times = refused.count > 1 ? ` (${formatCount(refused.count)} times within the last day)` : "";
  return {
    key: `${refused.keyPrefix} ${refused.reason}`,
    us: refused.lastUs,
    tone: "bad",
    title: `Request arrived, ${UNAUTHENTICATED}: ${nameReason(refused)}${times}`,
    advice: [`Key ${nameKey(refused)}. ${refused.advice}`],
  };
}

/** Why a key did not open anything. */
export function nameReason({ reason, seen }: Pick<Refused, "reason" | "seen">): string {
  return REASONS[reason] ?? seen;
}

/** The public key, as far as it is known. */
export function nameKey({ publicKey, keyPrefix }: Pick<Refused, "publicKey" | "keyPrefix">): string {
  return publicKey ?? (keyPrefix === "" ? "without a name" : `${keyPrefix}…`);
}

/** SDK and version as they named themselves, else the way the request came. */
export function nameClient({
  sdkName,
  sdkVersion,
  protocol,
}: Pick<ArrivedRequest, "sdkName" | "sdkVersion" | "protocol">): string {
  if (sdkName === null) return `an unnamed client (${protocol})`;
  return sdkVersion === null ? sdkName : `${sdkName} ${sdkVersion}`;
}

/** How far a clock is from the server's, from an answer that was asked for and read at these times; all in µs. */
export function clockDifference(askedUs: number, serverUs: number, readUs: number): { us: number; errorUs: number } {
  return { us: Math.round((askedUs + readUs) / 2 - serverUs), errorUs: Math.ceil((readUs - askedUs) / 2) };
}
