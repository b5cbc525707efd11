import { useEffect, useRef } from "react";

export interface SelectBoxProps {
  label: string;
  extent: "none" | "some" | "all";
  onSelect: (isRange: boolean) => void;
}

/** A box of 32 px that selects a row, or all of them. */
export function SelectBox({ label, extent, onSelect }: SelectBoxProps) {
  const ref = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (ref.current !== null) ref.current.indeterminate = extent === "some";
  }, [extent]);
  return (
    <label className="flex h-full w-full cursor-pointer items-center justify-center">
      <input
        ref={ref}
        type="checkbox"
        data-testid="select"
        aria-label={label}
        className="size-4 accent-(--accent)"
        checked={extent === "all"}
        onChange={() => undefined}
        onClick={(event) => onSelect(event.shiftKey)}
      />
    </label>
  );
}
