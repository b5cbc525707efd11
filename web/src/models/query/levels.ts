/** A query at another level: terms about what that level does not know are left out. */
import type { Language } from "./complete";
import { joinTerms, splitTerms, type Term } from "./terms";

/** The query as a list understands it, and the terms that were left out. */
export function queryFor(query: string, language: Language, list: string): { query: string; dropped: string[] } {
  const isKnown = ({ field, value }: Term): boolean => {
    if (field === null) return true;
    if (field === "is" || field === "has") return isFlagKnown(field, value, language, list);
    const lists = listsOf(field, language);
    return lists === null || lists.includes(list);
  };
  const terms = splitTerms(query);
  const dropped = terms.filter((term) => !isKnown(term));
  if (dropped.length === 0) return { query, dropped: [] };
  const isJoint = ({ text }: Term) => text === "OR" || text === "AND" || text === "NOT";
  const kept = terms.filter((term) => isKnown(term));
  const joined = joinTerms(kept);
  return {
    // What joins terms has lost one of them: the words between would mean something else.
    query: kept.some(isJoint) ? "" : joined,
    dropped: (kept.some(isJoint) ? terms : dropped).map(({ text }) => text),
  };
}

/** The lists that know a field; null for a field that nobody knows, about which the server has a word to say. */
function listsOf(field: string, { fields }: Language): readonly string[] | null {
  const named = fields.find(({ name }) => name === field) ?? fields.find(({ name }) => name === field.split(".")[0]);
  return named?.lists ?? null;
}

function isFlagKnown(field: string, value: string, language: Language, list: string): boolean {
  if (field === "has") {
    const lists = listsOf(value, language);
    return lists === null || lists.includes(list);
  }
  const flag = language.flags.find(({ name }) => name === value);
  return flag === undefined || flag.lists.includes(list);
}
