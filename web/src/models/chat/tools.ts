/** The tools that a model could call, as requests and attributes say them. */
import { at, isArray, isObject, type Json, type JsonObject } from "../json/value";
import { listAt, objectAt, textAt, unpacked, valueOf } from "./reading";

export interface Tool {
  name: string;
  description: string | null;
  /** JSON schema of the arguments, null when none is said. */
  parameters: JsonObject | null;
}

export interface Parameter {
  name: string;
  type: string;
  isRequired: boolean;
  description: string | null;
}

const ATTRIBUTES = ["gen_ai.tool.definitions", "llm.tools", "ai.prompt.tools", "tools", "gen_ai.request.tools"];

/** Tools of a request, else of attributes; [] when none are told. */
export function toolsOf(input: Json | undefined, attributes: Json | undefined = undefined): Tool[] {
  const told = isObject(input)
    ? (listAt(input, "tools", "functions") ??
      listAt(objectAt(input, "toolConfig") ?? {}, "tools") ??
      listAt(objectAt(input, "config") ?? {}, "tools"))
    : null;
  const found = told ? toolList(told) : [];
  if (found.length > 0) return found;
  const bags = isObject(attributes)
    ? [attributes, objectAt(attributes, "attributes"), objectAt(attributes, "metadata")]
    : [];
  for (const bag of bags) {
    const list = bag ? unpacked(valueOf(bag, ...ATTRIBUTES)) : null;
    const tools = isArray(list) ? toolList(list) : [];
    if (tools.length > 0) return tools;
  }
  return [];
}

const toolList = (list: readonly Json[]): Tool[] => list.flatMap((entry) => toolOf(unpacked(entry)));

function toolOf(entry: Json): Tool[] {
  if (!isObject(entry)) return [];
  const declared = listAt(entry, "function_declarations", "functionDeclarations");
  if (declared) return toolList(declared);
  const inner = objectAt(entry, "function", "toolSpec", "custom") ?? entry;
  const name = textAt(inner, "name") ?? textAt(entry, "type");
  if (name === null) return [];
  const schema = unpacked(
    valueOf(inner, "parameters", "input_schema", "inputSchema", "parameters_json_schema", "jsonSchema"),
  );
  const parameters = isObject(schema) ? (objectAt(schema, "json", "jsonSchema") ?? schema) : null;
  return [{ name, description: textAt(inner, "description"), parameters }];
}

/** The top level of a JSON schema as rows of a table. */
export function parametersOf({ parameters }: Tool): Parameter[] {
  const properties = objectAt(parameters ?? {}, "properties") ?? {};
  const required = listAt(parameters ?? {}, "required") ?? [];
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    type: isObject(schema) ? typeOf(schema) : "any",
    isRequired: required.includes(name),
    description: isObject(schema) ? textAt(schema, "description") : null,
  }));
}

function typeOf(schema: JsonObject): string {
  const options = listAt(schema, "enum");
  if (options)
    return options.map((option) => (typeof option === "string" ? option : JSON.stringify(option))).join(" | ");
  const either = listAt(schema, "anyOf", "oneOf");
  if (either) return either.map((one) => (isObject(one) ? typeOf(one) : "any")).join(" | ");
  const type = at(schema, "type");
  const items = objectAt(schema, "items");
  if (items && String(type).toLowerCase() === "array") return `${typeOf(items)}[]`;
  return isArray(type) ? type.join(" | ").toLowerCase() : typeof type === "string" ? type.toLowerCase() : "any";
}
