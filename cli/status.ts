import { Command } from "commander";
import { ends } from "../provider/model/relationship";
import { type DiskHealth, type Status, statusReader } from "../provider/status";
import { parseEnd, readHostsFile } from "./relationshipOptions";

/** `pulumi-storage-replication status`: one relationship, live, with the lag and percentage that are in no Pulumi output. */
export function statusCommand(): Command {
	return new Command("status")
		.description("show a relationship as it is now: state, roles, percentage, lag")
		.requiredOption("--source <host:disk>", "the declared source", parseEnd)
		.requiredOption("--target <host:disk>", "the declared target", parseEnd)
		.option("--hosts <file>", "JSON file with the content of storageReplication:hosts")
		.option("--json", "print JSON")
		.addHelpText(
			"after",
			`
Examples:
  npx pulumi-storage-replication status --hosts hosts.json \\
    --source east:Orders --target west:Orders-DR
  npx pulumi-storage-replication status --json \\
    --source simulator:Orders --target simulator:Orders-DR

Exit codes: 0 the relationship was read, or both hosts were and there is none;
1 it could not be read; 2 the command line or the hosts file is wrong.`,
		)
		.action(async (options: StatusOptions) => {
			const reader = statusReader(readHostsFile(options.hosts));
			try {
				const status = await reader.read({ source: options.source, target: options.target }, "fresh");
				process.stdout.write(options.json ? `${JSON.stringify(status)}\n` : describeStatus(status));
			} finally {
				await reader.close();
			}
		});
}

interface StatusOptions {
	readonly source: ReturnType<typeof parseEnd>;
	readonly target: ReturnType<typeof parseEnd>;
	readonly hosts?: string;
	readonly json?: boolean;
}

function describeStatus(status: Status): string {
	const place = ({ host, virtualDisk }: Status["primary"]) => `${virtualDisk} at ${host}`;
	const rows: [string, string][] =
		status.presence === "absent"
			? [["relationship", "none"]]
			: [
					["state", `${status.copyState} (${status.progressStatus}), ${status.direction}`],
					["serving", place(status.primary)],
					["copy", place(status.secondary)],
					["mode", status.syncMode],
					["synchronized", status.percentSynced === null ? "not reported" : `${status.percentSynced} %`],
					["behind", status.lagSeconds === null ? "not reported" : `${status.lagSeconds} s`],
				];
	for (const end of ends) {
		const health = status.health[end];
		if (health !== null) rows.push([`${end} disk`, describeHealth(health)]);
		const reason = status.unread[end];
		if (reason !== null) rows.push([`${end} not read`, reason]);
	}
	if (status.contradiction !== null) rows.push(["contradiction", status.contradiction]);
	const width = Math.max(...rows.map(([name]) => name.length));
	return rows.map(([name, value]) => `${name.padEnd(width)}  ${value}\n`).join("");
}

function describeHealth({ healthStatus, operationalStatus }: DiskHealth): string {
	const details = operationalStatus.length === 0 ? "" : ` (${operationalStatus.join(", ")})`;
	return `${healthStatus ?? "health not reported"}${details}`;
}
