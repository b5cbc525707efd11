import { writeClipboard } from "@/lib/clipboard";

import { toast } from "./toasts";

/** Copy a text and say so, or that the browser did not let it; without words success is not told. */
export async function copyText(text: string, said: string | null = null): Promise<boolean> {
  const isCopied = await writeClipboard(text);
  if (!isCopied) toast("The browser did not allow copying", "error");
  else if (said !== null) toast(said);
  return isCopied;
}
