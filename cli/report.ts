import { Command, Option } from "commander";
import { systemClock } from "../provider/executor/clock";
import { Hosts } from "../provider/executor/hosts";
import { connectHosts } from "../provider/hosts/hostsConfig";
import type { Estate } from "./estate/estate";
import { readEstate } from "./estate/readEstate";
import { type SourceOptions, sourcesIn } from "./estate/sources";
import { writeWhole } from "./estate/writeWhole";
import { noSources, withSources } from "./list";
import { describeHtml } from "./report/html";
import { describeMarkdown } from "./report/markdown";
import { describeMermaid } from "./report/mermaid";

const formats = ["html", "markdown", "json", "mermaid"] as const;

interface ReportOptions extends SourceOptions {
	readonly format: (typeof formats)[number];
	readonly json?: boolean;
	readonly output?: string;
}

/** `pulumi-storage-replication report`: an estate as a document that is looked at without this package and without a network. */
export function reportCommand(): Command {
	return withSources(new Command("report"))
		.description("a report of an estate: who serves where, readiness, runs with what was not tried, history")
		.addOption(
			new Option("--format <format>", "html is one file that needs no network").choices(formats).default("html"),
		)
		.option("--json", "the same as --format json")
		.option("--output <file>", "write it to a file, whole or not at all")
		.addHelpText(
			"after",
			`
Examples:
  pulumi stack export > stack.json
  npx pulumi-storage-replication report --stack stack.json --output report.html
  npx pulumi-storage-replication report --hosts hosts.json --host east \\
    --format markdown
  npx pulumi-storage-replication report --journal ledger.jsonl \\
    --output runs.html

What cannot be read is part of the report, as such. list has the exit code that
tells how things stand.

Exit codes: 0 it was made; 1 it could not be; 2 the command line, or a file that
it names, is wrong.`,
		)
		.action(async (options: ReportOptions, command: Command) => {
			const { config, ...sources } = sourcesIn(options) ?? noSources(command);
			const hosts = new Hosts(connectHosts(config), systemClock);
			try {
				const text = textOf(await readEstate(sources, hosts, systemClock), options);
				if (options.output === undefined) process.stdout.write(text);
				else writeWhole(options.output, text);
			} finally {
				await hosts.close();
			}
		});
}

function textOf(estate: Estate, { format, json }: ReportOptions): string {
	const asked = json === true ? "json" : format;
	switch (asked) {
		case "html":
			return describeHtml(estate);
		case "markdown":
			return describeMarkdown(estate);
		case "json":
			return `${JSON.stringify(estate)}\n`;
		case "mermaid":
			return describeMermaid(estate);
		default:
			return asked satisfies never;
	}
}
