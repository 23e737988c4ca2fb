import { appendFileSync, chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { describeWithEngine, useLab } from "./lab";

const pairs = Array.from({ length: 67 }, (_, index) => ({ source: `Disk-${index}`, target: `Disk-${index}-DR` }));

/**
 * Components of 1, 2, 10 and 50 relationships, one of them inside another, a relationship below a relationship, and one
 * below a component that another process makes.
 */
const program = (prefix: string, siteOptions = "{}") => `
import * as pulumi from "@pulumi/pulumi";
import { VirtualDiskReplication } from "pulumi-storage-replication";
let next = 0;
function replicate(parent: pulumi.Resource, aliases: pulumi.CustomResourceOptions["aliases"] = []): VirtualDiskReplication {
	const disk = "Disk-" + next++;
	return new VirtualDiskReplication(disk, {
		source: { host: "east", virtualDisk: disk },
		target: { host: "west", virtualDisk: disk + "-DR" },
	}, { parent, aliases });
}
class Site extends pulumi.ComponentResource {
	readonly disks: VirtualDiskReplication[];
	constructor(name: string, count: number, opts: pulumi.ComponentResourceOptions = {}) {
		super("test:Site", "${prefix}" + name, {}, opts);
		this.disks = Array.from({ length: count }, () => replicate(this));
		this.registerOutputs({ serving: this.disks.map((disk) => disk.primary) });
	}
}
const [one, two, ten, fifty] = [1, 2, 10, 50].map((count) => new Site("site-" + count, count, ${siteOptions}));
const inner = new Site("inner", 2, { parent: two, ...${siteOptions} });
replicate(inner.disks[0]);
replicate(new pulumi.ComponentResource("elsewhere:index:Site", "remote", {}, {}, true));
export const serving = fifty.disks.map((disk) => disk.primary.host);
`;

/** A provider of remote components: its own process makes the component, and the program learns its URN afterwards. */
const remoteProvider = `#!/usr/bin/env node
const pulumi = require("@pulumi/pulumi");
class Site extends pulumi.ComponentResource {}
const construct = async (name, type, inputs, options) => {
	// Long enough that the program declares everything else before.
	await new Promise((resolve) => setTimeout(resolve, 1_000));
	const site = new Site(type, name, {}, options);
	return { urn: site.urn, state: {} };
};
pulumi.provider.main({ version: "1.0.0", construct }, process.argv.slice(2));
`;

function addRemoteProvider(folder: string): void {
	const plugin = join(folder, "elsewhere");
	mkdirSync(plugin);
	const executable = join(plugin, "pulumi-resource-elsewhere");
	writeFileSync(executable, remoteProvider);
	chmodSync(executable, 0o755);
	if (process.platform === "win32") writeFileSync(`${executable}.cmd`, '@node "%~dpn0" %*\r\n');
	appendFileSync(
		join(folder, "Pulumi.yaml"),
		"plugins:\n  providers:\n    - { name: elsewhere, path: ./elsewhere, version: 1.0.0 }\n",
	);
}

describeWithEngine("relationships in components", () => {
	const lab = useLab({ pairs, program: program("") });

	test("of 1, 2, 10, 50 children, nested, remote, and below a relationship: all are declared", async () => {
		const { project, sites } = lab();
		addRemoteProvider(project.folder);
		const preview = await project.preview();
		expect(preview.exitCode, preview.text).toBe(0);
		const up = await project.up();
		expect(up.exitCode, up.text).toBe(0);
		const stored = Object.values(project.state()).filter(({ id }) => id?.includes(":"));
		expect(stored).toHaveLength(67);
		for (const { urn, outputs } of stored) expect(outputs?.resourceUrn).toBe(urn);
		expect(stored.map(({ urn }) => urn)).toContainEqual(expect.stringContaining("elsewhere:index:Site$"));
		expect(sites.calls()).toEqual([]);
	});

	test("renamed with aliases: nothing is replaced", async () => {
		const { project, sites } = lab();
		project.write(
			program("new-", `{ aliases: [{ name: "site-" + count }] }`).replaceAll(
				`...{ aliases: [{ name: "site-" + count }] }`,
				`aliases: [{ name: "inner", parent: "urn:pulumi:dev::program::test:Site::site-2" }]`,
			),
		);
		const up = await project.up();
		expect(up.exitCode, up.text).toBe(0);
		expect(up.text).not.toMatch(/replac|deleted|created/);
		expect(sites.calls()).toEqual([]);
	});
});
