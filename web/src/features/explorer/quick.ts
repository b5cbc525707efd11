import type { QuickQuestion } from "./levels";

/** Of lists whose rows take time and cost money. */
export const TRACING_QUESTIONS: readonly QuickQuestion[] = [
  { label: "Errors", term: "level:ERROR" },
  { label: "Slowest 1 %", slowest: "latency" },
  { label: "Most expensive 1 %", slowest: "cost" },
  { label: "Negative feedback", term: "score.user-feedback:<0.5" },
  { label: "Running", term: "is:running" },
];

export const SCORE_QUESTIONS: readonly QuickQuestion[] = [
  { label: "By people", term: "source:ANNOTATION" },
  { label: "By evaluators", term: "source:EVAL" },
  { label: "By code", term: "source:API" },
  { label: "With comment", term: "has:comment" },
];
