import { Command, Option } from "commander";
import { systemClock } from "../provider/executor/clock";
import { Hosts } from "../provider/executor/hosts";
import { connectHosts, embeddedHosts } from "../provider/hosts/hostsConfig";
import { adoptable } from "./adoptable";
import { exitCodes } from "./exitCodes";
import { languages } from "./generatedText";
import { readHostsFile } from "./relationshipOptions";

/** `pulumi-storage-replication generate`: declarations of what a host holds, for programs that are to adopt it. */
export function generateCommand(): Command {
	return new Command("generate")
		.description(
			"write declarations of all relationships that a host sees, as they are: the first up of a program with them adopts each and sends nothing",
		)
		.requiredOption("--host <name>", "the host whose relationships are declared")
		.addOption(
			new Option("--language <language>", "of what is written").choices(Object.keys(languages)).default("typescript"),
		)
		.option("--hosts <file>", "JSON file with the content of storageReplication:hosts")
		.addHelpText(
			"after",
			`
Examples:
  npx pulumi-storage-replication generate --hosts hosts.json \\
    --host east > index.ts
  npx pulumi-storage-replication generate --hosts hosts.json --host east \\
    --language yaml > replication.yaml

A disk that the host does not list itself is looked for at the other hosts of
the file. Each declaration was tried: a wish that holds as the array is now. A
relationship that none holds for is left out, and a comment says why.
Snapshots and clones are declared without triggers, expiry or consents. Of two
replication groups in a relationship that is declared, and none of its pairs;
each group of the host is declared, with its disks if it is in none.
YAML is data, a mapping of names to arguments, for a program to read (class is
none of them: it names the class of a copy or a group): Pulumi
YAML cannot use this package, because its provider is a dynamic one.

Exit codes: 0 every relationship is declared; 1 something could not be read, or
is left out; 2 the command line or the hosts file is wrong.`,
		)
		.action(async (options: GenerateOptions) => {
			const config = readHostsFile(options.hosts);
			const hosts = new Hosts(connectHosts(config), systemClock);
			// Those that exist without configuration are asked only if they are named: they need not see anything.
			const others = Object.keys(config).filter((name) => config[name] !== embeddedHosts[name]);
			try {
				const found = await adoptable(hosts, options.host, others);
				process.stdout.write(languages[options.language](found));
				if (found.leftOut.length > 0) process.exitCode = exitCodes.failed;
			} finally {
				await hosts.close();
			}
		});
}

interface GenerateOptions {
	readonly host: string;
	readonly language: keyof typeof languages;
	readonly hosts?: string;
}
