/** Media that panope stores: what a message holds is a reference, what it shows is fetched when it is in sight. */
import { createContext } from "react";

import { fetchJson } from "@/api/http";
import type { SchemaMediaBody } from "@/api/schema";
import { segment } from "@/lib/href";

/** The project whose media a message refers to. */
export const MediaProject = createContext("");

export interface MediaReference {
  id: string;
  mimeType: string;
}

const REFERENCE = /@@@langfuseMedia:type=([^|@]*)\|id=([^|@]*)\|source=[^@]*@@@/;

/** The stored media that a text is a reference to; null when it is none. */
export function referenceOf(text: string): MediaReference | null {
  const found = REFERENCE.exec(text);
  return found !== null && found[0] === text ? { mimeType: found[1] ?? "", id: found[2] ?? "" } : null;
}

/** Text and the references in it, in order. */
export function splitReferences(text: string): (string | MediaReference)[] {
  return text
    .split(/(@@@langfuseMedia:[^@]*@@@)/)
    .map((piece) => referenceOf(piece) ?? piece)
    .filter((piece) => piece !== "");
}

export const fetchMedia = (projectId: string, id: string, signal?: AbortSignal) =>
  fetchJson<SchemaMediaBody>(
    `/projects/${segment(projectId)}/media/${segment(id)}`,
    signal === undefined ? {} : { signal },
  );
