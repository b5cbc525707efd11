import { Download } from "lucide-react";

import { exportUrl, checkExport, type ExportFormat } from "@/api/explorer";
import { visible } from "@/models/columns";
import { Button } from "@/ui/Button";
import { Menu, MenuItem, MenuLabel } from "@/ui/Menu";
import { toast } from "@/ui/toasts";

import type { LevelLook } from "./levels";
import { printSort, type View } from "./view";
import type { Taste } from "./views/useTaste";

const WHOLE = ["input", "output", "metadata"];
const FORMATS: readonly { format: ExportFormat; name: string }[] = [
  { format: "csv", name: "CSV" },
  { format: "json", name: "JSON" },
  { format: "jsonl", name: "JSON lines" },
];

/** The rows that match as a file, with the columns of the table or with everything. */
export function ExportMenu<Row>({
  view,
  look,
  taste,
  label = "Export",
}: {
  view: View;
  look: LevelLook<Row>;
  taste: Taste;
  label?: string;
}) {
  const shown = visible(look.columns, taste.columns);
  const named = shown.flatMap(({ id, inFile }) => inFile ?? [id]);
  const columns = [...new Set(["id", ...named])];
  const save = async (format: ExportFormat, names: readonly string[]) => {
    try {
      await checkExport(view.question, printSort(view.sort), format, names);
    } catch (error) {
      toast(error instanceof Error ? error.message : "The file could not be made", "error");
      return;
    }
    const link = document.createElement("a");
    link.href = exportUrl(view.question, printSort(view.sort), format, names);
    link.download = `${look.level}.${format}`;
    link.click();
  };
  return (
    <Menu
      align="end"
      trigger={
        <Button kind="quiet" data-testid="export" aria-label={label}>
          <Download className="size-4" strokeWidth={1.75} aria-hidden />{" "}
          <span className="hidden sm:inline">{label}</span>
        </Button>
      }
    >
      <MenuLabel>The columns of the table</MenuLabel>
      {FORMATS.map(({ format, name }) => (
        <MenuItem key={format} onSelect={() => void save(format, columns)}>
          {name}
        </MenuItem>
      ))}
      {look.hasPayload && (
        <>
          <MenuLabel>With whole inputs and outputs</MenuLabel>
          {FORMATS.map(({ format, name }) => (
            <MenuItem key={format} onSelect={() => void save(format, [...columns, ...WHOLE])}>
              {name}
            </MenuItem>
          ))}
        </>
      )}
    </Menu>
  );
}
