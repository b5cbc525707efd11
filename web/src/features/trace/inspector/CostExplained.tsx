import type { CostExplanation, CostLine, ObservationBody } from "@/api/traces";
import { formatCount } from "@/lib/formatters";
import { fromPico, toPico } from "@/models/trace/money";

/** Every step that led to a cost. */
export default function CostExplained({
  observation,
  explanation,
}: {
  observation: ObservationBody;
  explanation: CostExplanation;
}) {
  const { lines, isCurrent, totalNow } = explanation;
  return (
    <div className="text-12">
      <p className="px-3 pt-2 pb-1 text-text-2">
        <Origin observation={observation} explanation={explanation} />
      </p>
      {lines.length > 0 && <Table explanation={explanation} />}
      {!isCurrent && totalNow !== null && (
        <p className="border-t border-line px-3 py-2 text-text-2">
          Prices have changed since: today it would be {exact(totalNow)}.
        </p>
      )}
    </div>
  );
}

function Origin({
  observation: { model: named },
  explanation: { source, model, tier, problem },
}: {
  observation: ObservationBody;
  explanation: CostExplanation;
}) {
  if (source === "given") return problem?.message ?? "The client sent this cost.";
  if (source === null)
    return (
      problem?.message ??
      (named === null ? "No model was named, so nothing has a price." : `No price is known for ${named}.`)
    );
  return (
    <>
      Computed from model <span className="font-mono text-text">{model.matched?.name ?? model.sent}</span>
      {tier !== null && <>, tier {tier.name}</>}.
    </>
  );
}

function Table({ explanation: { lines, total } }: { explanation: CostExplanation }) {
  const sum = lines.reduce<bigint>((all, { cost }) => all + (toPico(cost) ?? 0n), 0n);
  const difference = (toPico(total) ?? 0n) - sum;
  return (
    <table className="tabular w-full" data-testid="cost-table">
      <thead>
        <tr className="border-b border-line text-text-3">
          <th className="px-3 py-1 text-left font-normal">Usage</th>
          <th className="px-2 py-1 text-right font-normal">Units</th>
          <th className="px-2 py-1 text-right font-normal">USD per million</th>
          <th className="px-3 py-1 text-right font-normal">Cost</th>
        </tr>
      </thead>
      <tbody>
        {lines.map((line) => (
          <LineRow key={line.usageType} line={line} />
        ))}
        {total !== null && difference !== 0n && (
          <tr className="border-b border-line text-warn">
            <td className="px-3 py-1" colSpan={3}>
              Not in the parts above
            </td>
            <td className="px-3 py-1 text-right">{exact(fromPico(difference))}</td>
          </tr>
        )}
      </tbody>
      <tfoot>
        <tr className="font-medium">
          <td className="px-3 py-1.5" colSpan={3}>
            Total
          </td>
          <td className="px-3 py-1.5 text-right" data-testid="cost-total" data-value={total ?? undefined}>
            {exact(total)}
          </td>
        </tr>
      </tfoot>
    </table>
  );
}

function LineRow({ line: { usageType, units, chargedUnits, price, cost, note } }: { line: CostLine }) {
  return (
    <tr className="border-b border-line">
      <td className="px-3 py-1 font-mono" title={note}>
        {usageType}
        {chargedUnits === 0 && cost === null && <span className="ml-1 font-sans text-text-3">{note}</span>}
      </td>
      <td className="px-2 py-1 text-right">{units === null ? "—" : formatCount(units)}</td>
      <td className="px-2 py-1 text-right text-text-2">{price === null ? "—" : perMillion(price)}</td>
      <td className="px-3 py-1 text-right" data-value={cost ?? undefined}>
        {exact(cost)}
      </td>
    </tr>
  );
}

const exact = (amount: string | null): string => (amount === null ? "—" : `$${amount}`);

/** USD per unit as USD per million units: people know those numbers. */
function perMillion(price: string): string {
  const scaled = toPico(`${price}e6`);
  return scaled === null ? price : `$${fromPico(scaled)}`;
}
