import { ExternalLink, FileText, Image as ImageIcon, Music, Video } from "lucide-react";
import { useQuery } from "@tanstack/react-query";
import { useContext, useState } from "react";

import { formatBytes } from "@/lib/formatters";
import type { MediaPart } from "@/models/chat/message";
import { Button } from "@/ui/Button";

import { fetchMedia, mediaAddress, MediaProject, type MediaReference, referenceOf } from "./media";

const ICONS = { image: ImageIcon, audio: Music, video: Video, file: FileText } as const;
const INLINE_BYTES = 300_000;

/** An image, a sound, a film or a file of a message. What is not in the text itself loads when somebody asks for it. */
export function MediaView({ part }: { part: MediaPart }) {
  const { source, type, mimeType, name } = part;
  if (source === null) return <Placeholder part={part} note="was not sent" />;
  const reference = referenceOf(source);
  if (reference !== null) return <Stored reference={reference} name={name} />;
  if (!/^data:/i.test(source)) return <RemoteImage source={source} name={name ?? mimeType ?? type} />;
  return <Embedded part={part} source={source} />;
}

/** A media that panope stores, with its player or picture. */
export function Stored({ reference, name = null }: { reference: MediaReference; name?: string | null }) {
  const owner = useContext(MediaProject);
  const { data, error } = useQuery({
    queryKey: ["media", owner, reference.id],
    queryFn: ({ signal }) => fetchMedia(owner, reference.id, signal),
    staleTime: 60_000,
    retry: false,
  });
  const mimeType = data?.contentType ?? reference.mimeType;
  const kind = /^(image|audio|video)\//.exec(mimeType)?.[1] as "image" | "audio" | "video" | undefined;
  const part: MediaPart = { type: kind ?? "file", source: null, mimeType, name };
  if (error !== null) return <Placeholder part={part} note="is not stored" />;
  if (data === undefined) return <Placeholder part={part} note="…" />;
  const note = formatBytes(data.contentLength);
  const address = mediaAddress(owner, reference.id);
  if (kind === "image" && mimeType !== "image/svg+xml")
    return <ShownImage source={address} label={name ?? mimeType} note={note} />;
  if (kind === "audio")
    // oxlint-disable-next-line jsx-a11y/media-has-caption -- recordings of conversations come without
    return <audio controls preload="none" src={address} className="h-9 max-w-full" aria-label={name ?? mimeType} />;
  if (kind === "video")
    return (
      // oxlint-disable-next-line jsx-a11y/media-has-caption -- likewise
      <video controls preload="none" src={address} className="max-h-80 max-w-full" aria-label={name ?? mimeType} />
    );
  return (
    <Placeholder part={part} note={note}>
      <a href={address} target="_blank" rel="noopener noreferrer" className="text-accent hover:underline">
        Open
      </a>
    </Placeholder>
  );
}

function Embedded({ part, source }: { part: MediaPart; source: string }) {
  const [isShown, setShown] = useState(source.length < INLINE_BYTES);
  const { type, mimeType, name } = part;
  const label = name ?? mimeType ?? type;
  const size = formatBytes(Math.floor(((source.length - source.indexOf(",")) * 3) / 4));
  if (!isShown) {
    return (
      <Placeholder part={part} note={size}>
        <Button size="small" onClick={() => setShown(true)}>
          Show
        </Button>
      </Placeholder>
    );
  }
  if (type === "image" && mimeType !== "image/svg+xml") return <ShownImage source={source} label={label} note={size} />;
  // oxlint-disable-next-line jsx-a11y/media-has-caption -- recordings of conversations come without
  if (type === "audio") return <audio controls src={source} className="h-9 max-w-full" aria-label={label} />;
  return (
    <Placeholder part={part} note={size}>
      <a href={source} download={name ?? `${type}`} className="text-accent hover:underline">
        Download
      </a>
    </Placeholder>
  );
}

function ShownImage({ source, label, note }: { source: string; label: string; note: string }) {
  const [isLarge, setLarge] = useState(false);
  return (
    <button
      type="button"
      onClick={() => setLarge(!isLarge)}
      title={`${label} · ${note}`}
      className="block w-fit rounded-sm border border-line bg-panel p-1"
    >
      <img
        src={source}
        alt={label}
        className={isLarge ? "max-w-full" : "max-h-80 max-w-full object-contain"}
        style={{ minWidth: 24, minHeight: 24 }}
      />
    </button>
  );
}

function Placeholder({ part, note, children }: { part: MediaPart; note: string; children?: React.ReactNode }) {
  const Icon = ICONS[part.type];
  return (
    <span
      className="inline-flex max-w-full items-center gap-2 rounded-sm border border-line bg-panel px-2 py-1 text-12 text-text-2"
      data-testid="media"
    >
      <Icon className="size-4 shrink-0" strokeWidth={1.75} aria-hidden />
      <span className="truncate" dir="auto">
        {part.name ?? part.mimeType ?? part.type} · {note}
      </span>
      {children}
    </span>
  );
}

/** Loading it would tell its server that somebody reads this: so it opens in a tab of its own, when asked for. */
export function RemoteImage({ source, name }: { source: string; name: string }) {
  if (/^data:image\/(?!svg)/i.test(source)) return <ShownImage source={source} label={name} note="embedded" />;
  const host = hostOf(source);
  return (
    <span
      className="inline-flex max-w-full items-center gap-2 rounded-sm border border-line bg-panel px-2 py-1 text-12 text-text-2"
      data-testid="remote-image"
    >
      <ImageIcon className="size-4 shrink-0" strokeWidth={1.75} aria-hidden />
      <span className="truncate" dir="auto">
        {name === "" ? "image" : name} · not loaded
      </span>
      {host !== null && (
        <a
          href={source}
          target="_blank"
          rel="noopener noreferrer nofollow"
          className="inline-flex shrink-0 items-center gap-1 text-accent hover:underline"
        >
          Open at {host}
          <ExternalLink className="size-3" strokeWidth={1.75} aria-hidden />
        </a>
      )}
    </span>
  );
}

function hostOf(address: string): string | null {
  try {
    const { protocol, host } = new URL(address);
    return protocol === "http:" || protocol === "https:" ? host : null;
  } catch {
    return null;
  }
}
