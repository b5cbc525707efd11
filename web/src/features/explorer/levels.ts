/** What differs between the lists: their columns, their facets, and what a row opens. */
import type { ReactNode } from "react";

import type { ListLevel } from "@/lib/href";
import type { SearchPatch } from "@/lib/search";
import type { ColumnShape } from "@/models/columns";

export interface CellContext {
  projectId: string;
  today: string;
  lines: number;
  /** 95th percentile of the loaded rows' latencies, µs. */
  slowUs: number;
}

export interface Column<Row> extends ColumnShape {
  label: string;
  /** The server's name for sorting by it. */
  sort?: string;
  isNumeric?: boolean;
  /** Whether it shows moments, whose zone its head names. */
  isTime?: boolean;
  /** Takes a share of what is left of the width. */
  grows?: boolean;
  cell: (row: Row, context: CellContext) => ReactNode;
  /** The field of the query that holds this value, where one can ask for just that. */
  filter?: { field: string; value: (row: Row) => string | null };
  /** Its names in a file, where they are not its id. */
  inFile?: readonly string[];
}

export interface FacetLook {
  field: string;
  label: string;
}

/** A question that is one press away: a term, or what one row in a hundred exceeds. */
export type QuickQuestion = { label: string; term: string } | { label: string; slowest: "latency" | "cost" };

/** What stands in the place of the rows before there are any. */
export interface NothingYet {
  title: string;
  text: string;
  /** Code that makes the first one. */
  snippet?: string;
}

export interface LevelLook<Row = never> {
  level: ListLevel;
  title: string;
  /** Name of one row in words: "trace". */
  noun: string;
  usualSort: string;
  columns: readonly Column<Row>[];
  facets: readonly FacetLook[];
  idOf: (row: Row) => string;
  /** Keys of the URL that open the row beside the list; null or left out: it opens its page. */
  peekOf?: (row: Row) => SearchPatch | null;
  /** µs, marked by how long they are. */
  latencyOf?: (row: Row) => number | null;
  pathOf: (row: Row, projectId: string) => string;
  hasError: (row: Row) => boolean;
  hasHistogram: boolean;
  /** Whether what arrives can be followed. */
  isFollowed: boolean;
  /** Whether a file can hold whole inputs, outputs and metadata. */
  hasPayload: boolean;
  /** Columns about what is within a row: read only while one of them is shown. */
  partColumns?: readonly string[];
  quick: readonly QuickQuestion[];
  /** A query as an example. */
  placeholder: string;
  nothingYet: NothingYet;
}
