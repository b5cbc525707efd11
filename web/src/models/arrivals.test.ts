import { describe, expect, test } from "vitest";

import { type ArrivedRequest, clockDifference, nameClient, nameKey, type Refused, tellArrivals } from "./arrivals";

const REQUEST: ArrivedRequest = {
  requestId: "r1",
  receivedUs: 10,
  publicKey: "pk-lf-1",
  sdkName: "python",
  sdkVersion: "5.0.4",
  protocol: "otlp-protobuf",
  accepted: 2,
  rejected: 0,
  status: 200,
  reasons: [],
};
const REFUSED: Refused = {
  keyPrefix: "pk-lf-12345678",
  publicKey: "pk-lf-12345678-1",
  reason: "wrong_secret",
  seen: "the secret does not belong to it",
  advice: "Use the pair as it was made.",
  count: 1,
  lastUs: 20,
};

const tell = (requests: ArrivedRequest[], refused: Refused[], since = 0) => tellArrivals({ requests, refused }, since);

describe("arrivals", () => {
  test("the newest comes first, and what was before is left out", () => {
    const told = tell([REQUEST, { ...REQUEST, requestId: "r0", receivedUs: 5 }], [REFUSED], 5);
    expect(told.map(({ key, tone }) => [key, tone])).toEqual([
      ["pk-lf-12345678 wrong_secret", "bad"],
      ["r1", "ok"],
    ]);
    expect(told[0]?.title).toBe("Request arrived, 401: the secret key is wrong for this public key");
    expect(told[1]?.title).toBe("Request from python 5.0.4: 2 events stored");
  });

  test("what arrived at once stays in one order", () => {
    const pair = [REQUEST, { ...REQUEST, requestId: "r0" }];
    expect(tell(pair, []).map(({ key }) => key)).toEqual(["r0", "r1"]);
  });

  test("what was rejected says why", () => {
    const reasons = [{ code: "bad_time", count: 1, advice: "Send ISO 8601." }];
    const some = tell([{ ...REQUEST, accepted: 1, rejected: 1, reasons }], [])[0];
    expect(some).toMatchObject({ tone: "warn", advice: ["bad_time: Send ISO 8601."] });
    expect(some?.title).toContain("1 event stored, 1 rejected");
    expect(tell([{ ...REQUEST, accepted: 0, rejected: 1 }], [])[0]?.tone).toBe("bad");
    const whole = tell([{ ...REQUEST, accepted: 0, rejected: 0, status: 413 }], [])[0];
    expect(whole).toMatchObject({ tone: "bad", title: "Request from python 5.0.4: refused whole with 413" });
  });

  test("a reason that nobody here knows comes in the server's words", () => {
    const told = tell([], [{ ...REFUSED, reason: "no_header", seen: "came without any key", count: 3 }])[0];
    expect(told?.title).toBe("Request arrived, 401: came without any key (3 times within the last day)");
  });

  test("clients and keys have names whatever they said", () => {
    expect(nameClient({ ...REQUEST, sdkName: null })).toBe("an unnamed client (otlp-protobuf)");
    expect(nameClient({ ...REQUEST, sdkVersion: null })).toBe("python");
    expect(nameKey({ publicKey: null, keyPrefix: "pk-lf-1" })).toBe("pk-lf-1…");
    expect(nameKey({ publicKey: null, keyPrefix: "" })).toBe("without a name");
  });

  test("the clocks are compared at the middle of the way", () => {
    expect(clockDifference(100, 1_000, 300)).toEqual({ us: -800, errorUs: 100 });
  });
});
