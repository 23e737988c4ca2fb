import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { agentsText, llmsText } from "./referenceAgents";
import { argumentsPage } from "./referenceArguments";
import { commandsPage } from "./referenceCommands";
import { jsonPage } from "./referenceJson";

const root = resolve(__dirname, "..");

/** The pages that nobody writes, in the order in which they are made: the last two list the pages that there are. */
export const references = {
	"docs/arguments.md": argumentsPage,
	"docs/cli.md": commandsPage,
	"docs/json.md": jsonPage,
	"llms.txt": llmsText,
	"AGENTS.md": agentsText,
} as const;

export type Reference = keyof typeof references;

export function storedText(path: Reference): string {
	return readFileSync(join(root, path), "utf8");
}

/** `npm run reference`. */
if (require.main === module) {
	for (const [path, make] of Object.entries(references)) writeFileSync(join(root, path), make());
}
