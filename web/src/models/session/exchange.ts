/** What a turn adds to a conversation: the newest words of whoever asked, and the answer. */
import type { Conversation } from "../chat/normalise";
import type { Message } from "../chat/message";

export interface Exchange {
  asked: readonly Message[];
  answered: readonly Message[];
  /** Messages before: instructions, and what earlier turns have said already. */
  earlier: readonly Message[];
}

/**
 * A model is sent the whole history with every call. The turn begins with the last message of a person that follows
 * an answer or the start; steps between, such as calls of tools, belong to it.
 */
export function exchange({ input, output }: Conversation): Exchange {
  const last = input.findLastIndex(({ role }) => role === "user");
  let start = last < 0 ? input.length - 1 : last;
  while (start > 0 && input[start - 1]?.role === "user") start -= 1;
  start = Math.max(0, start);
  return { asked: input.slice(start), answered: output, earlier: input.slice(0, start) };
}
