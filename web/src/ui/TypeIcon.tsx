import {
  Binary,
  Bot,
  CircleHelp,
  Diamond,
  Link2,
  type LucideIcon,
  MoveHorizontal,
  Scale,
  Search,
  ShieldCheck,
  Sparkles,
  Wrench,
} from "lucide-react";

interface TypeLook {
  icon: LucideIcon;
  /** CSS colour. */
  color: string;
  label: string;
}

const LOOKS: Readonly<Record<string, TypeLook>> = {
  SPAN: { icon: MoveHorizontal, color: "var(--type-span)", label: "Span" },
  GENERATION: { icon: Sparkles, color: "var(--type-generation)", label: "Generation" },
  EVENT: { icon: Diamond, color: "var(--type-event)", label: "Event" },
  AGENT: { icon: Bot, color: "var(--type-agent)", label: "Agent" },
  TOOL: { icon: Wrench, color: "var(--type-tool)", label: "Tool" },
  CHAIN: { icon: Link2, color: "var(--type-chain)", label: "Chain" },
  RETRIEVER: { icon: Search, color: "var(--type-retriever)", label: "Retriever" },
  EVALUATOR: { icon: Scale, color: "var(--type-evaluator)", label: "Evaluator" },
  EMBEDDING: { icon: Binary, color: "var(--type-embedding)", label: "Embedding" },
  GUARDRAIL: { icon: ShieldCheck, color: "var(--type-guardrail)", label: "Guardrail" },
};

/** How a type of observation looks; a type that nobody foresaw looks like one, and keeps its name. */
export function typeLook(type: string): TypeLook {
  return LOOKS[type] ?? { icon: CircleHelp, color: "var(--type-span)", label: type };
}

/** The icon of a type, with its name for whoever does not see it. */
export function TypeIcon({ type, className = "size-4" }: { type: string; className?: string }) {
  const { icon: Icon, color, label } = typeLook(type);
  return (
    <Icon role="img" aria-label={label} className={`shrink-0 ${className}`} strokeWidth={1.75} style={{ color }} />
  );
}
