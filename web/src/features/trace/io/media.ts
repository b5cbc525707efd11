/** Media that panope stores: what a message holds is a reference, what it shows is fetched when it is in sight. */
import { createContext } from "react";

import { fetchJson, laneUrl } from "@/api/http";
import type { SchemaUiMediaBody } from "@/api/schema";
import { segment } from "@/lib/href";

/** Where the media belong that a message refers to. */
export interface MediaOwner {
  projectId: string;
  /** Whoever is no member reads them as part of a public trace. */
  traceId?: string;
}

export const MediaProject = createContext<MediaOwner>({ projectId: "" });

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

const mediaPath = (projectId: string, id: string) => `/projects/${segment(projectId)}/media/${segment(id)}`;

export const fetchMedia = ({ projectId, traceId }: MediaOwner, id: string, signal?: AbortSignal) =>
  fetchJson<SchemaUiMediaBody>(mediaPath(projectId, id), {
    query: { traceId },
    ...(signal === undefined ? {} : { signal }),
  });

/** The address of the bytes: of this server always, wherever they are kept, as the page's policy wants it. */
export const mediaAddress = ({ projectId, traceId }: MediaOwner, id: string) =>
  laneUrl(`${mediaPath(projectId, id)}/content`, { traceId });
