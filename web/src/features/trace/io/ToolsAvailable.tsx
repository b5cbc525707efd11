import { ChevronDown, ChevronRight, Wrench } from "lucide-react";
import { useState } from "react";

import { parametersOf, type Tool } from "@/models/chat/tools";
import { Chip } from "@/ui/Chip";

/** The tools that the model could call, and how often it did. */
export function ToolsAvailable({
  tools,
  calledCounts,
}: {
  tools: readonly Tool[];
  calledCounts: ReadonlyMap<string, number>;
}) {
  const [isOpen, setOpen] = useState(false);
  if (tools.length === 0) return null;
  const Caret = isOpen ? ChevronDown : ChevronRight;
  return (
    <section className="border-b border-line" data-testid="tools-available">
      <button
        type="button"
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
        className="flex h-8 w-full items-center gap-1.5 px-3 text-left text-12 text-text-2 hover:bg-hover"
      >
        <Caret className="size-3.5" strokeWidth={2} aria-hidden />
        <span className="font-medium text-text">Tools available</span>
        <span className="tabular text-text-3">{tools.length}</span>
        {!isOpen && (
          <span className="truncate font-mono text-11 text-text-3">{tools.map(({ name }) => name).join(", ")}</span>
        )}
      </button>
      {isOpen && (
        <ul className="flex flex-col gap-2 px-3 pb-3">
          {tools.map((tool) => (
            <li key={tool.name} className="rounded-md border border-line">
              <div className="flex items-center gap-2 px-2 py-1">
                <Wrench className="size-3.5 shrink-0 text-(--type-tool)" strokeWidth={1.75} aria-hidden />
                <span className="font-mono text-12 font-medium" dir="auto">
                  {tool.name}
                </span>
                {(calledCounts.get(tool.name) ?? 0) > 0 && (
                  <Chip tone="outline">called {calledCounts.get(tool.name)} ×</Chip>
                )}
              </div>
              {tool.description !== null && (
                <p className="px-2 pb-1 text-12 whitespace-pre-wrap text-text-2" dir="auto">
                  {tool.description}
                </p>
              )}
              <Parameters tool={tool} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Parameters({ tool }: { tool: Tool }) {
  const rows = parametersOf(tool);
  if (rows.length === 0) return null;
  return (
    <table className="w-full border-t border-line text-12">
      <tbody>
        {rows.map(({ name, type, isRequired, description }) => (
          <tr key={name} className="align-top">
            <th scope="row" className="px-2 py-0.5 text-left font-mono font-normal whitespace-nowrap">
              {name}
              {isRequired && (
                <span className="text-danger" title="required">
                  {" "}
                  *
                </span>
              )}
            </th>
            <td className="px-2 py-0.5 font-mono whitespace-nowrap text-text-3">{type}</td>
            <td className="w-full px-2 py-0.5 text-text-2" dir="auto">
              {description}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
