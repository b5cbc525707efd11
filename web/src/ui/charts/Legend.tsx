import type { Series } from "@/models/chart/series";

/** Which colour is which name. */
export function Legend({
  series,
  colourOf,
  labelOf,
}: {
  series: readonly Series[];
  colourOf: (id: string) => string;
  labelOf: (series: Series) => string;
}) {
  return (
    <ul className="flex flex-wrap gap-x-3 gap-y-0.5 pt-1 text-12 text-text-2">
      {series.map((one) => (
        <li key={one.id} className="flex max-w-48 min-w-0 items-center gap-1.5">
          <span aria-hidden className="size-2 shrink-0 rounded-[2px]" style={{ background: colourOf(one.id) }} />
          <span className="truncate" dir="auto" title={labelOf(one)}>
            {labelOf(one)}
          </span>
        </li>
      ))}
    </ul>
  );
}
