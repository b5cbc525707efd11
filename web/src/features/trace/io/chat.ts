import { type Conversation, conversation } from "@/models/chat/normalise";

import type { Payload } from "./usePayload";

/** Texts above this are not read as conversations. */
const CHAT_BYTES = 2_000_000;

/** Both sides as a conversation, as far as they are there; null when they are none. */
export function chatOf(input: Payload | undefined, output: Payload | undefined): Conversation | null {
  const isReadable = (side: Payload | undefined) =>
    side !== undefined && !side.isPartial && side.size <= CHAT_BYTES && (side.size === 0 || side.value !== undefined);
  if (!isReadable(input))
    return isReadable(output) && output !== undefined ? conversation(undefined, output.value) : null;
  return conversation(input?.value, isReadable(output) ? output?.value : undefined);
}
