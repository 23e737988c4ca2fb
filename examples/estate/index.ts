import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import type { ReplicationState } from "pulumi-storage-replication";
import { VirtualDiskReplication } from "pulumi-storage-replication";

// One wish for the whole estate: a site is switched over by one reviewed line of configuration.
const config = new pulumi.Config();
const state = config.get<ReplicationState>("state") ?? "active";
const lost = config.get<"source" | "target">("lost");

/** A line of estate.csv: the wave says what may move only after what. */
interface Row {
	readonly name: string;
	readonly source: string;
	readonly target: string;
	readonly wave: number;
}

const [, ...lines] = readFileSync("estate.csv", "utf8").trim().split(/\r?\n/);
const rows = lines.map((line): Row => {
	const [name = "", source = "", target = "", wave = ""] = line.split(",");
	if (name === "" || source === "" || target === "" || !/^\d+$/.test(wave)) throw new Error(`estate.csv: ${line}`);
	return { name, source, target, wave: Number(wave) };
});

// Databases first, what reads them afterwards: a wave begins when all of the one before it stand where they are wished.
let before: pulumi.Resource[] = [];
for (const wave of [...new Set(rows.map((row) => row.wave))].sort((one, other) => one - other)) {
	before = rows
		.filter((row) => row.wave === wave)
		.map(
			({ name, source, target }) =>
				new VirtualDiskReplication(
					name,
					{
						source: { host: "east", virtualDisk: source },
						target: { host: "west", virtualDisk: target },
						state,
						lost,
					},
					{ dependsOn: before },
				),
		);
}
