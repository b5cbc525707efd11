import { useId, useState } from "react";

import { setPreferences, usePreferences } from "@/lib/preferences";
import { readZone, type Zone, zoneName } from "@/lib/times";

import { Field, TextInput } from "./Field";
import { useZoneName } from "./ZoneName";

const BROWSER = "This browser";
const ZONES: readonly Zone[] = ["UTC", ...Intl.supportedValuesOf("timeZone").filter((name) => name !== "UTC")];

/** By whose clock times are shown and days begin, on every page: typed, or chosen from all that there are. */
export function ZoneSelect() {
  const { zone } = usePreferences();
  const [own, browsers] = [useZoneName(), useZoneName("browser")];
  const [typed, setTyped] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const listId = useId();
  const current = zone === "browser" ? `${BROWSER} (${browsers})` : zone;
  const choose = (text: string) => {
    setTyped(null);
    const found = text === BROWSER ? "browser" : readZone(text.trim().replaceAll(" ", "_"));
    setProblem(found === null ? `No time zone is called ${text}.` : null);
    if (found !== null) setPreferences({ zone: found });
  };
  return (
    <Field label={`Time zone (${own})`} problem={problem}>
      {(ties) => (
        <>
          <TextInput
            {...ties}
            data-testid="zone"
            list={listId}
            autoComplete="off"
            spellCheck={false}
            placeholder={current}
            value={typed ?? current}
            onFocus={() => setTyped("")}
            onBlur={() => (typed === null || typed === "" ? setTyped(null) : choose(typed))}
            onChange={({ target: { value } }) =>
              value === BROWSER || ZONES.includes(value) ? choose(value) : setTyped(value)
            }
            onKeyDown={(event) => {
              if (event.key !== "Enter") return;
              event.preventDefault();
              if (typed !== null && typed !== "") choose(typed);
            }}
          />
          <datalist id={listId}>{typed !== null && <Zones />}</datalist>
        </>
      )}
    </Field>
  );
}

/** Made when somebody looks for one: the offset of each has to be asked for. */
function Zones() {
  const [nowUs] = useState(() => Date.now() * 1000);
  return (
    <>
      <option value={BROWSER}>By its own clock</option>
      {ZONES.map((name) => (
        <option key={name} value={name}>
          {zoneName(nowUs, name)}
        </option>
      ))}
    </>
  );
}
