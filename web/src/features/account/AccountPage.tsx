import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, type ReactNode, useState } from "react";

import {
  type Account,
  changePassword,
  endBrowser,
  fetchAccount,
  fetchBrowsers,
  renameAccount,
  type SignedInBrowser,
} from "@/api/account";
import { ApiError } from "@/api/errors";
import { leaveToSignIn } from "@/api/http";
import { sessionQuery } from "@/api/session";
import { chooseTheme } from "@/app/theme";
import { TopBar } from "@/app/TopBar";
import { href } from "@/lib/href";
import { setPreferences, type Theme, usePreferences } from "@/lib/preferences";
import { browserName } from "@/models/browsers";
import { Button } from "@/ui/Button";
import { Chip } from "@/ui/Chip";
import { Field, Switch, TextInput } from "@/ui/Field";
import { Segmented } from "@/ui/Segmented";
import { ErrorState, Skeleton, useLate } from "@/ui/states";
import { toast } from "@/ui/toasts";
import { useAlone } from "@/ui/useAlone";
import { useTitle } from "@/ui/useTitle";
import { TimeText } from "@/ui/values";
import { ZoneSelect } from "@/ui/ZoneSelect";

const MIN_PASSWORD_CHARS = 8;
const BROWSERS_KEY = ["account", "sessions"] as const;

const THEMES: readonly { value: Theme; label: string }[] = [
  { value: "system", label: "As the system" },
  { value: "light", label: "Light" },
  { value: "dark", label: "Dark" },
];

const told = (error: unknown): string => (error instanceof Error ? error.message : "It was not saved");

/** `/account/settings`: who one is, how one signs in and where one is signed in, and what is a matter of taste. */
export function AccountPage() {
  const account = useQuery({ queryKey: ["account"], queryFn: ({ signal }) => fetchAccount(signal) });
  const isLate = useLate(account.isPending);
  useTitle("Account");
  return (
    <div className="flex h-full min-w-80 flex-col">
      <TopBar crumbs={[{ label: "Projects", to: href.root() }, { label: "Account" }]} />
      <main className="min-h-0 grow overflow-y-auto">
        <div className="mx-auto flex max-w-160 flex-col gap-8 px-4 py-8">
          {account.error !== null && <ErrorState error={account.error} onRetry={() => void account.refetch()} />}
          {isLate && <Skeleton className="h-24" />}
          {account.data !== undefined && (
            <>
              <Profile account={account.data} />
              <Password />
              <Taste />
              <Browsers />
            </>
          )}
        </div>
      </main>
    </div>
  );
}

function Section({ title, hint, children }: { title: string; hint?: string; children: ReactNode }) {
  return (
    <section className="flex flex-col gap-3">
      <div>
        <h2 className="text-16 font-semibold">{title}</h2>
        {hint !== undefined && <p className="text-12 text-text-2">{hint}</p>}
      </div>
      {children}
    </section>
  );
}

function Profile({ account }: { account: Account }) {
  const queries = useQueryClient();
  const [name, setName] = useState(account.name ?? "");
  const [problem, setProblem] = useState<string | null>(null);
  const save = async (event: FormEvent) => {
    event.preventDefault();
    try {
      const changed = await renameAccount(name.trim() === "" ? null : name.trim());
      queries.setQueryData(["account"], changed);
      await queries.invalidateQueries({ queryKey: sessionQuery.queryKey });
      setProblem(null);
      toast("Name saved");
    } catch (error) {
      setProblem(told(error));
    }
  };
  return (
    <Section title="Profile">
      <form className="flex flex-col gap-3" onSubmit={(event) => void save(event)}>
        <Field label="E-mail" hint="What you sign in with. An owner of your organisation can change it.">
          {(ties) => <TextInput {...ties} readOnly value={account.email} className="text-text-2" />}
        </Field>
        <Field label="Name" problem={problem} hint="Others see it beside your scores and comments.">
          {(ties) => (
            <TextInput
              {...ties}
              autoComplete="name"
              maxLength={200}
              value={name}
              onChange={({ target }) => setName(target.value)}
            />
          )}
        </Field>
        <div>
          <Button type="submit" kind="primary">
            Save name
          </Button>
        </div>
      </form>
    </Section>
  );
}

function Password() {
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const [isShown, setShown] = useState(false);
  const [problems, setProblems] = useState<{ current?: string; next?: string }>({});
  const queries = useQueryClient();
  const alone = useAlone();
  const save = async () => {
    const missing = {
      ...(current === "" ? { current: "Your password until now" } : {}),
      ...([...next].length < MIN_PASSWORD_CHARS ? { next: `At least ${MIN_PASSWORD_CHARS} characters` } : {}),
    };
    setProblems(missing);
    if (Object.keys(missing).length > 0) return;
    try {
      await changePassword(current, next);
      setCurrent("");
      setNext("");
      toast("Password changed; all other browsers are signed out");
      await queries.invalidateQueries({ queryKey: BROWSERS_KEY });
    } catch (error) {
      const isCurrent = error instanceof ApiError && ["wrong_password", "rate_limited"].includes(error.code);
      setProblems({ [isCurrent ? "current" : "next"]: told(error) });
    }
  };
  const type = isShown ? "text" : "password";
  return (
    <Section title="Password" hint="Changing it signs you out everywhere else.">
      <form
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          void alone(save);
        }}
      >
        <Field label="Current password" problem={problems.current ?? null}>
          {(ties) => (
            <TextInput
              {...ties}
              type={type}
              autoComplete="current-password"
              value={current}
              onChange={({ target }) => setCurrent(target.value)}
            />
          )}
        </Field>
        <Field label="New password" problem={problems.next ?? null} hint={`At least ${MIN_PASSWORD_CHARS} characters.`}>
          {(ties) => (
            <TextInput
              {...ties}
              type={type}
              autoComplete="new-password"
              value={next}
              onChange={({ target }) => setNext(target.value)}
            />
          )}
        </Field>
        <div className="flex items-center gap-4">
          <Button type="submit" kind="primary">
            Change password
          </Button>
          <label className="flex items-center gap-2 text-text-2">
            <input
              type="checkbox"
              className="size-4 accent-(--accent)"
              checked={isShown}
              onChange={({ target }) => setShown(target.checked)}
            />
            Show
          </label>
        </div>
      </form>
    </Section>
  );
}

function Taste() {
  const { theme, singleKeys } = usePreferences();
  return (
    <Section title="Preferences" hint="These are kept in this browser.">
      <dl className="divide-y divide-line rounded-md border border-line">
        <Choice label="Appearance">
          <Segmented label="Appearance" value={theme} options={THEMES} onChange={chooseTheme} />
        </Choice>
        <Choice label="Clock" hint="By which times are shown and days begin. A link may carry a zone of its own.">
          <ZoneSelect />
        </Choice>
        <Choice label="Single keys" hint="Keys without Ctrl or ⌘, such as s for annotating. Press ? to see them all.">
          <Switch label="Single keys" isOn={singleKeys} onChange={(isOn) => setPreferences({ singleKeys: isOn })} />
        </Choice>
      </dl>
    </Section>
  );
}

function Choice({ label, hint, children }: { label: string; hint?: string; children: ReactNode }) {
  return (
    <div className="flex min-h-11 flex-wrap items-center gap-x-4 gap-y-1 px-3 py-2">
      <dt className="min-w-40 grow">
        {label}
        {hint !== undefined && <span className="block text-12 text-text-2">{hint}</span>}
      </dt>
      <dd>{children}</dd>
    </div>
  );
}

function Browsers() {
  const queries = useQueryClient();
  const found = useQuery({ queryKey: BROWSERS_KEY, queryFn: ({ signal }) => fetchBrowsers(signal), staleTime: 0 });
  const end = async ({ id, isCurrent }: SignedInBrowser) => {
    try {
      await endBrowser(id);
      if (isCurrent) return leaveToSignIn();
      toast("Signed out there");
      await queries.invalidateQueries({ queryKey: BROWSERS_KEY });
    } catch (error) {
      toast(told(error), "error");
    }
  };
  return (
    <Section title="Where you are signed in">
      {found.error !== null && <ErrorState error={found.error} onRetry={() => void found.refetch()} />}
      <ul className="divide-y divide-line rounded-md border border-line" data-testid="browsers">
        {(found.data?.sessions ?? []).map((browser) => (
          <li
            key={browser.id}
            className="flex min-h-11 flex-wrap items-center gap-x-3 gap-y-0.5 px-3 py-2"
            data-testid="browser"
          >
            <span className="min-w-0 truncate font-medium" title={browser.userAgent}>
              {browserName(browser.userAgent)}
            </span>
            {browser.isCurrent && <Chip>this browser</Chip>}
            <span className="grow text-12 text-text-2">
              last used <TimeText us={browser.seenUs} /> · signed in <TimeText us={browser.createdUs} />
            </span>
            <Button size="small" onClick={() => void end(browser)}>
              Sign out
            </Button>
          </li>
        ))}
      </ul>
    </Section>
  );
}
