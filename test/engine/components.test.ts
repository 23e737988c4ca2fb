import { expect, test } from "vitest";
import { describeWithEngine, useLab } from "./lab";

const pairs = Array.from({ length: 56 }, (_, index) => ({ source: `Disk-${index}`, target: `Disk-${index}-DR` }));

/** Components of 1, 2, 10 and 40 relationships, one of them inside another, and a relationship below a relationship. */
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
const [one, two, ten, forty] = [1, 2, 10, 40].map((count) => new Site("site-" + count, count, ${siteOptions}));
const inner = new Site("inner", 2, { parent: two, ...${siteOptions} });
replicate(inner.disks[0]);
export const serving = forty.disks.map((disk) => disk.primary.host);
`;

describeWithEngine("relationships in components", () => {
	const lab = useLab({ pairs, program: program("") });

	test("of 1, 2, 10, 40 children, nested, and below a relationship: all are declared", async () => {
		const { project, sites } = lab();
		const preview = await project.preview();
		expect(preview.exitCode, preview.text).toBe(0);
		const up = await project.up();
		expect(up.exitCode, up.text).toBe(0);
		const stored = Object.values(project.state()).filter(({ id }) => id?.includes(":"));
		expect(stored).toHaveLength(56);
		for (const { urn, outputs } of stored) expect(outputs?.resourceUrn).toBe(urn);
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
