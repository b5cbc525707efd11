import { type ClassValue, clsx } from "clsx";
import { extendTailwindMerge } from "tailwind-merge";

const merge = extendTailwindMerge({
  extend: { classGroups: { "font-size": [{ text: ["11", "12", "13", "14", "16", "20", "24"] }] } },
});

/** Class names joined; a later utility replaces an earlier one of its kind. */
export function classes(...values: ClassValue[]): string {
  return merge(clsx(values));
}
