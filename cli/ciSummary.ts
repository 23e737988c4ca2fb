import { readFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import { Command } from "commander";
import { describeStack } from "./ciSummaryMarkdown";
import { readPreview } from "./ciSummaryPreview";
import { readStack } from "./ciSummaryRelationship";
import { unreadableFile } from "./relationshipOptions";

/** `pulumi-storage-replication ci-summary`: what a preview would do, for the people who have to say yes to it. */
export function ciSummaryCommand(): Command {
	return new Command("ci-summary")
		.description("print a preview as Markdown for a pull request or job summary")
		.argument("[file]", "output of pulumi preview --json; default: standard input")
		.addHelpText(
			"after",
			`
For each relationship, the worst first: its operations in order, what each puts
at risk and whose writes go, what to do first, the token; why one cannot be
done, with its code; what could not be read. Unchanged ones are counted.

Examples:
  pulumi preview --json > preview.json
  npx pulumi-storage-replication ci-summary < preview.json > summary.md
  npx pulumi-storage-replication ci-summary preview.json

Exit codes: 0 the preview was read and is told, whatever it says: whether it
failed is told by the exit code of pulumi; 2 there is no such file, or it is not
what pulumi preview --json prints.`,
		)
		.action(async (file: string | undefined) => {
			const preview = readPreview(await textOf(file));
			if (preview === null) throw unreadableFile("preview", file ?? standardInput, "it is no preview in JSON");
			process.stdout.write(describeStack(readStack(preview)));
		});
}

const standardInput = "(standard input)";

async function textOf(file: string | undefined): Promise<string> {
	try {
		return file === undefined ? await text(process.stdin) : readFileSync(file, "utf8");
	} catch (error) {
		throw unreadableFile("preview", file ?? standardInput, error);
	}
}
