/** The scores of a trace while somebody changes them. */

export interface Judged {
  id: string;
  observationId?: string | null;
}

/** With a score as it is now: in its place, or at the end. */
export function withScore<Score extends Judged>(scores: readonly Score[], score: Score): Score[] {
  return scores.some(({ id }) => id === score.id)
    ? scores.map((one) => (one.id === score.id ? score : one))
    : [...scores, score];
}

export function withoutScore<Score extends Judged>(scores: readonly Score[], id: string): Score[] {
  return scores.filter((one) => one.id !== id);
}

/** What one entry of a column becomes. */
export type Recount = (before: number) => number;

export const moved =
  (by: number): Recount =>
  (before) =>
    Math.max(0, before + by);

/** One entry of a column counted anew; the column itself when there is no such entry. */
export function counted(ids: readonly string[], counts: readonly number[], id: string, to: Recount): readonly number[] {
  const at = ids.indexOf(id);
  return at < 0 ? counts : counts.map((count, place) => (place === at ? to(count) : count));
}
