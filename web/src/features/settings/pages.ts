/** The pages of a project's settings, in the order of their menu. */
export const SETTINGS_PAGES = [
  { slug: "general", label: "General" },
  { slug: "api-keys", label: "API keys" },
  { slug: "models", label: "Models and prices" },
  { slug: "scores", label: "Score configs" },
  { slug: "storage", label: "Storage" },
  { slug: "ingestion", label: "Ingestion" },
] as const;

export type SettingsSlug = (typeof SETTINGS_PAGES)[number]["slug"];
