import { Wrench } from "lucide-react";

import { parametersOf, type Tool } from "@/models/chat/tools";
import { Chip } from "@/ui/Chip";

/** Tools with what they take, and how often each was called. */
export default function ToolList({
  tools,
  calledCounts,
}: {
  tools: readonly Tool[];
  calledCounts: ReadonlyMap<string, number>;
}) {
  return (
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
