/** What differs between the lists: their columns, their facets, and what a row opens. */
import type { ReactNode } from "react";

import type { ListLevel } from "@/lib/href";
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
}

export interface FacetLook {
  field: string;
  label: string;
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
  traceIdOf: (row: Row) => string;
  pathOf: (row: Row, projectId: string) => string;
  hasError: (row: Row) => boolean;
}
