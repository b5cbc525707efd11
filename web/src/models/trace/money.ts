/** Money without rounding: integers of 10⁻¹² USD, the server's own unit, from and to its decimal text. */
const DIGITS = 12;
const UNIT = 10n ** BigInt(DIGITS);
const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,3}))?$/;

/** 10⁻¹² USD of decimal text; what lies below is cut. Null for null and for what is no number. */
export function toPico(text: string | null | undefined): bigint | null {
  const match = DECIMAL.exec(text ?? "");
  if (!match) return null;
  const [, sign, whole, fraction = "", exponent = "0"] = match;
  const shift = DIGITS + Number(exponent) - fraction.length;
  const digits = BigInt(`${whole as string}${fraction}`);
  const pico = shift >= 0 ? digits * 10n ** BigInt(shift) : digits / 10n ** BigInt(-shift);
  return sign ? -pico : pico;
}

/** The shortest decimal text of 10⁻¹² USD. */
export function fromPico(pico: bigint): string {
  const size = pico < 0n ? -pico : pico;
  const fraction = (size % UNIT).toString().padStart(DIGITS, "0").replace(/0+$/, "");
  return `${pico < 0n ? "-" : ""}${(size / UNIT).toString()}${fraction ? `.${fraction}` : ""}`;
}
