import { Star, Trash2 } from "lucide-react";
import { type ReactNode, useState } from "react";

import { ApiError } from "@/api/errors";
import type { Role } from "@/models/roles";
import { Button, IconButton } from "@/ui/Button";
import { Chip, HueDot } from "@/ui/Chip";
import { CodeBlock } from "@/ui/CodeBlock";
import { ConfirmDialog } from "@/ui/ConfirmDialog";
import { CopyButton } from "@/ui/CopyButton";
import { Dialog } from "@/ui/Dialog";
import { SelectField, TextAreaField, TextField } from "@/ui/fields";
import { Switch } from "@/ui/Field";
import { KeyHint } from "@/ui/KeyHint";
import { LevelBadge } from "@/ui/LevelBadge";
import { Menu, MenuCheck, MenuChoice, MenuItem, MenuLabel, MenuLine } from "@/ui/Menu";
import { Permitted, RoleProvider } from "@/ui/Permitted";
import { Popover } from "@/ui/Popover";
import { Segmented } from "@/ui/Segmented";
import { SplitPane } from "@/ui/SplitPane";
import { EmptyState, ErrorState, ProgressBar, Skeleton } from "@/ui/states";
import { Cell, Table } from "@/ui/Table";
import { Tabs } from "@/ui/Tabs";
import { toast } from "@/ui/toasts";
import { TypeIcon, typeLook } from "@/ui/TypeIcon";
import { CostText, DurationText, TimeText, TokensText } from "@/ui/values";

const TYPES = [
  "SPAN",
  "GENERATION",
  "EVENT",
  "AGENT",
  "TOOL",
  "CHAIN",
  "RETRIEVER",
  "EVALUATOR",
  "EMBEDDING",
  "GUARDRAIL",
  "unheard of",
];
const LONG = "a-name-without-any-space-that-goes-on-".repeat(4);
const ABC = [
  { value: "a", label: "First" },
  { value: "b", label: "Second" },
  { value: "c", label: "Third" },
] as const;
type Letter = (typeof ABC)[number]["value"];
const SOME_US = 1_800_000_000_123_456;
const icon = <Star className="size-4" strokeWidth={1.75} />;

/** `/ui-kit`, while the app is developed: every component of `ui/` in its states, for eyes and for axe. */
export function KitPage() {
  return (
    <main className="mx-auto flex h-full max-w-240 flex-col gap-8 overflow-y-auto p-6">
      <h1 className="text-20 font-semibold">Components</h1>
      <Acting />
      <Telling />
      <Filling />
      <Opening />
      <Waiting />
      <Placing />
    </main>
  );
}

function Shown({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section aria-label={title}>
      <h2 className="mb-2 text-12 font-medium text-text-3">{title}</h2>
      <div className="flex flex-wrap items-center gap-3">{children}</div>
    </section>
  );
}

function Acting() {
  const roles: readonly Role[] = ["viewer", "member"];
  return (
    <>
      <Shown title="Button">
        {(["primary", "plain", "quiet", "danger"] as const).map((kind) => (
          <Button key={kind} kind={kind}>
            {kind}
          </Button>
        ))}
        {(["small", "usual", "large"] as const).map((size) => (
          <Button key={size} size={size}>
            {size}
          </Button>
        ))}
        <Button disabled>disabled</Button>
        <Button aria-disabled>aria-disabled</Button>
        <Button aria-pressed>pressed</Button>
      </Shown>
      <Shown title="IconButton, CopyButton, KeyHint">
        <IconButton label="Star" keys="s" icon={icon} />
        <CopyButton text="copied" label="Copy" />
        <KeyHint keys="mod+k" />
        <KeyHint keys="g t" />
      </Shown>
      <Shown title="Permitted">
        {roles.map((role) => (
          <RoleProvider key={role} own={role}>
            <Permitted needs="member">
              <Button>{`Annotate, as ${role}`}</Button>
            </Permitted>
            <Permitted needs="member" isDestructive>
              <Button kind="danger">
                <Trash2 className="size-4" strokeWidth={1.75} aria-hidden />
                {`Delete, as ${role}`}
              </Button>
            </Permitted>
          </RoleProvider>
        ))}
      </Shown>
    </>
  );
}

function Telling() {
  return (
    <>
      <Shown title="Chip, HueDot, LevelBadge">
        {(["muted", "warn", "danger", "outline"] as const).map((tone) => (
          <Chip key={tone} tone={tone}>
            {tone}
          </Chip>
        ))}
        <Chip className="max-w-60" title={LONG}>
          {LONG}
        </Chip>
        <span className="inline-flex items-center gap-1.5">
          <HueDot name="production" /> production
        </span>
        {["ERROR", "WARNING", "DEBUG", "FATAL2"].map((level) => (
          <LevelBadge key={level} level={level} />
        ))}
      </Shown>
      <Shown title="TypeIcon">
        {TYPES.map((type) => (
          <span key={type} className="inline-flex items-center gap-1.5">
            <TypeIcon type={type} /> {typeLook(type).label}
          </span>
        ))}
      </Shown>
      <Shown title="Values">
        <TimeText us={SOME_US} withMs />
        <DurationText us={1_240_000} />
        <DurationText us={null} isRunning />
        <CostText amount="0.00001234" />
        <CostText amount="1.5" unpriced={2} />
        <CostText amount={null} />
        <TokensText input={1200} output={340} total={1540} />
        <TokensText input={0} output={0} total={0} />
      </Shown>
    </>
  );
}

function Filling() {
  const [letter, setLetter] = useState<Letter>("a");
  const [isOn, setOn] = useState(true);
  return (
    <>
      <Shown title="Fields">
        <TextField label="Name" hint="What it is called" className="w-60" />
        <TextField label="Wrong" error="It needs a value" className="w-60" />
        <TextAreaField label="Comment" className="w-60" />
        <SelectField label="Choice" options={ABC} className="w-60" />
      </Shown>
      <Shown title="Switch, Segmented">
        <Switch label="On" isOn={isOn} onChange={setOn} />
        <Switch label="Off" isOn={!isOn} onChange={(next) => setOn(!next)} />
        <Switch label="Out of reach" isOn={false} isDisabled onChange={setOn} />
        <Segmented label="Letter" value={letter} options={ABC} onChange={setLetter} />
      </Shown>
    </>
  );
}

function Opening() {
  const [open, setOpen] = useState<"dialog" | "confirm" | null>(null);
  const [letter, setLetter] = useState<Letter>("a");
  const close = () => setOpen(null);
  return (
    <Shown title="Menu, Popover, Dialog, toast">
      <Menu trigger={<Button>Menu</Button>}>
        <MenuLabel>Things</MenuLabel>
        <MenuItem icon={icon} keys="s" onSelect={() => toast("Starred")}>
          With a key
        </MenuItem>
        <MenuItem isDisabled title="Why not" onSelect={close}>
          Disabled
        </MenuItem>
        <MenuCheck isChecked onChange={close}>
          Checked
        </MenuCheck>
        <MenuLine />
        <MenuChoice value={letter} options={ABC} onChange={setLetter} />
      </Menu>
      <Popover label="More" trigger={<Button>Popover</Button>} className="p-3">
        A small panel
      </Popover>
      <Button onClick={() => setOpen("dialog")}>Dialog</Button>
      <Button kind="danger" onClick={() => setOpen("confirm")}>
        Confirm
      </Button>
      <Button onClick={() => toast("Saved")}>Toast</Button>
      <Button onClick={() => toast("It was not saved", "error")}>Failure</Button>
      <Dialog title="A dialog" isOpen={open === "dialog"} onClose={close}>
        What it is about.
      </Dialog>
      <ConfirmDialog
        title="Delete all of it?"
        action="Delete it"
        typed="all"
        isOpen={open === "confirm"}
        onClose={close}
        onConfirm={async () => toast("Deleted")}
      >
        It cannot be undone.
      </ConfirmDialog>
    </Shown>
  );
}

function Waiting() {
  return (
    <>
      <Shown title="Waiting">
        <Skeleton className="h-5 w-60" />
        <div className="relative h-2 w-60">
          <ProgressBar isActive />
        </div>
      </Shown>
      <Shown title="Nothing, or a failure">
        <EmptyState title="Nothing here" icon={icon}>
          <p className="text-text-2">What is meant to be here, and how it gets here.</p>
        </EmptyState>
        <ErrorState
          error={new ApiError(503, "unavailable", "The store is away.", "request-1")}
          onRetry={() => undefined}
        />
      </Shown>
    </>
  );
}

function Placing() {
  const [letter, setLetter] = useState<Letter>("a");
  return (
    <>
      <Shown title="Tabs, Table, CodeBlock">
        <Tabs label="Letters" value={letter} options={ABC} onChange={setLetter} className="w-full">
          <Table label="Numbers" columns={[{ label: "Name" }, { label: "Number", isNumber: true }]}>
            <tr>
              <Cell>one</Cell>
              <Cell isNumber>1</Cell>
            </tr>
          </Table>
        </Tabs>
        <CodeBlock code={'pip install "panope"'} label="Command" />
      </Shown>
      <Shown title="SplitPane">
        <div className="flex h-32 w-full rounded-md border border-line">
          <SplitPane
            label="Width of the first"
            share={0.4}
            min={0.2}
            max={0.8}
            onChanged={() => undefined}
            first={<p className="p-3">First</p>}
            second={<p className="p-3">Second</p>}
          />
        </div>
      </Shown>
    </>
  );
}
