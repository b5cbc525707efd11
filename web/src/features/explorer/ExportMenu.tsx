import { Download } from "lucide-react";

import { exportUrl, checkExport, type ExportFormat } from "@/api/explorer";
import { usePreferences } from "@/lib/preferences";
import { NO_TASTE, visible } from "@/models/columns";
import { Button } from "@/ui/Button";
import { Menu, MenuItem, MenuLabel } from "@/ui/Menu";
import { toast } from "@/ui/toasts";

import type { LevelLook } from "./levels";
import { printSort, type View } from "./view";

const WHOLE = ["input", "output", "metadata"];

/** The rows that match as a file, with the columns of the table or with everything. */
export function ExportMenu<Row>({ view, look }: { view: View; look: LevelLook<Row> }) {
  const { columns: tastes } = usePreferences();
  const shown = visible(look.columns, { ...NO_TASTE, ...tastes[look.level] });
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
        <Button kind="quiet" data-testid="export">
          <Download className="size-4" strokeWidth={1.75} aria-hidden />{" "}
          <span className="hidden sm:inline">Export</span>
        </Button>
      }
    >
      <MenuLabel>The columns of the table</MenuLabel>
      <MenuItem onSelect={() => void save("csv", columns)}>CSV</MenuItem>
      <MenuItem onSelect={() => void save("jsonl", columns)}>JSON lines</MenuItem>
      {look.hasPayload && (
        <>
          <MenuLabel>With whole inputs and outputs</MenuLabel>
          <MenuItem onSelect={() => void save("csv", [...columns, ...WHOLE])}>CSV</MenuItem>
          <MenuItem onSelect={() => void save("jsonl", [...columns, ...WHOLE])}>JSON lines</MenuItem>
        </>
      )}
    </Menu>
  );
}
