import { expect, test } from "vitest";
import { describeWithEngine, diagnosticsOf, receivedSince, useLab, wish } from "./lab";

const pairs = Array.from({ length: 10 }, (_, index) => ({ source: `Disk-${index}`, target: `Disk-${index}-DR` }));

/** Ten relationships, a trouble of its own for each of 0 to 7; 8 and 9 are healthy and follow the configuration. */
describeWithEngine("one bad relationship never blocks an estate", () => {
	const lab = useLab({
		pairs,
		hosts: ["lonely"],
		program: `
import * as pulumi from "@pulumi/pulumi";
import { VirtualDiskReplication } from "pulumi-storage-replication";
const config = new pulumi.Config();
for (let index = 0; index < 10; index++) {
	const host = index === 4 ? "lonely" : undefined;
	new VirtualDiskReplication("disk-" + index, {
		source: { host: host ?? "east", virtualDisk: "Disk-" + index },
		target: { host: host ?? "west", virtualDisk: "Disk-" + index + "-DR" },
		state: index > 7 || index === config.getNumber("asked") ? config.get<"active" | "suspended">("state") : "active",
	});
}
`,
	});

	test("a preview warns of each, siblings are updated, each fails alone; what is newly asked is refused at once", async () => {
		const { project, sites } = lab();
		const started = await project.up();
		expect(started.exitCode, started.text).toBe(0);
		await sites.changeRoles("Disk-7");
		await sites.change((world) => {
			const pair = (index: number) => {
				const found = world.relationships[index];
				if (found === undefined) throw new Error("no pair");
				return found;
			};
			pair(0).copyState = 77;
			pair(2).copyState = 14;
			pair(3).progressStatus = 99;
			pair(6).copyState = 15;
			world.relationships = world.relationships.filter((_, index) => index !== 1);
			for (const disk of world.disks) if (disk.name === "Disk-5") disk.name = "Disk-5-renamed";
		});
		await sites.host("lonely").down();
		const preview = await project.run(["preview"]);
		expect(preview.exitCode, preview.text).toBe(0);
		for (const index of [0, 1, 2, 3, 4, 5, 6, 7])
			expect(preview.text).toMatch(new RegExp(`\\(disk-${index}\\):\\n(?: {4}.*\\n)*? {4}warning`));
		await wish(lab(), { state: "suspended" });
		const before = sites.calls().length;
		const up = await project.up("--continue-on-error");
		expect(up.exitCode, up.text).not.toBe(0);
		expect(receivedSince(lab(), before)).toEqual(["Suspend at east", "Suspend at east"]);
		for (const index of [0, 2, 3, 6, 7]) expect(up.text).toMatch(new RegExp(`disk-${index} \\*\\*updating failed`));
		await wish(lab(), { asked: "0" });
		const asked = await project.preview();
		expect(asked.exitCode, "a wish that is new and cannot be had").not.toBe(0);
		expect(asked.text).toContain("SR1006");
		await wish(lab(), { asked: "" });
		const plain = await project.up();
		expect(plain.exitCode, plain.text).not.toBe(0);
		expect(receivedSince(lab(), before)).toHaveLength(2);
	});

	test("a refresh and a destroy that fail say why once, in one line, and nothing of what did not happen", async () => {
		const { project, sites } = lab();
		for (const host of ["east", "west"]) await sites.host(host).down();
		for (const command of ["refresh", "destroy"] as const) {
			const failed = await project[command]("--target", urnOf("disk-8"));
			expect(failed.exitCode).not.toBe(0);
			const told = diagnosticsOf(failed).filter((line) => line.includes("SR4001") || /^at .*:\d+/.test(line));
			expect(told).toEqual([expect.stringMatching(/^error: SR4001: .* Data safe: .* Do: .*--run-program/)]);
			expect(failed.text).not.toContain("protection ends");
		}
	});
});

function urnOf(name: string): string {
	return `urn:pulumi:dev::program::pulumi-nodejs:dynamic/storageReplication:VirtualDiskReplication::${name}`;
}
