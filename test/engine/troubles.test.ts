import { expect, test } from "vitest";
import { describeWithEngine, diagnosticsOf, receivedSince, useLab, wish } from "./lab";

const pairs = Array.from({ length: 13 }, (_, index) => ({ source: `Disk-${index}`, target: `Disk-${index}-DR` }));

/** Troubles that no plan helps with. */
const refused = [0, 1, 2, 3, 4, 5, 6, 7, 10];

/**
 * Relationships with a trouble of its own for each of 0 to 10: 8 is Broken, which a Resume mends, and 9 is busy with a job
 * that does not end. 11 and 12 are healthy and follow the configuration.
 */
describeWithEngine("one bad relationship never blocks an estate", () => {
	const lab = useLab({
		pairs,
		hosts: ["lonely"],
		program: `
import * as pulumi from "@pulumi/pulumi";
import { VirtualDiskReplication } from "pulumi-storage-replication";
const config = new pulumi.Config();
for (let index = 0; index < 13; index++) {
	const host = index === 4 ? "lonely" : undefined;
	new VirtualDiskReplication("disk-" + index, {
		source: { host: host ?? "east", virtualDisk: "Disk-" + index },
		target: { host: host ?? "west", virtualDisk: "Disk-" + index + "-DR" },
		state: index > 10 || index === config.getNumber("asked") ? config.get<"active" | "suspended">("state") : "active",
		timeouts: { syncMinutes: index === 9 ? 0.05 : 5 },
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
			pair(8).copyState = 5;
			pair(9).copyState = 9;
			world.relationships = world.relationships.filter((_, index) => index !== 1 && index !== 10);
			world.disks = world.disks.filter(({ name }) => name !== "Disk-10-DR");
			for (const disk of world.disks) if (disk.name === "Disk-5") disk.name = "Disk-5-renamed";
		});
		const job = await sites.repairJob("Disk-9");
		await sites.host("lonely").down();
		const preview = await project.run(["preview"]);
		expect(preview.exitCode, preview.text).toBe(0);
		for (const index of refused)
			expect(preview.text).toMatch(new RegExp(`\\(disk-${index}\\):\\n(?: {4}.*\\n)*? {4}warning`));
		expect(preview.text).toMatch(/\(disk-8\):\n(?: {4}.*\n)*? {4}plan: 1\. Resume \(16\) at east/);
		expect(preview.text).toMatch(new RegExp(`\\(disk-9\\):\\n(?: {4}.*\\n)*?.*wait for Suspended: job ${job}`));
		await wish(lab(), { state: "suspended" });
		const before = sites.calls().length;
		const up = await project.up("--continue-on-error");
		expect(up.exitCode, up.text).not.toBe(0);
		const sent = receivedSince(lab(), before).sort();
		expect(sent).toEqual(["Resume at east", "Suspend at east", "Suspend at east"]);
		expect(up.text).toMatch(new RegExp(`SR3004.*${job}`));
		for (const index of [0, 2, 3, 6, 7, 9, 10])
			expect(up.text).toMatch(new RegExp(`disk-${index} \\*\\*updating failed`));
		await wish(lab(), { asked: "0" });
		const asked = await project.preview();
		expect(asked.exitCode, "a wish that is new and cannot be had").not.toBe(0);
		expect(asked.text).toContain("SR1006");
		await wish(lab(), { asked: "" });
		const plain = await project.up();
		expect(plain.exitCode, plain.text).not.toBe(0);
		expect(receivedSince(lab(), before)).toHaveLength(3);
		expect(plain.text, "its own update fails, no check does").not.toContain("has a problem");
	});

	test("a refresh and a destroy that fail say why once, in one line, and nothing of what did not happen", async () => {
		const { project, sites } = lab();
		for (const host of ["east", "west"]) await sites.host(host).down();
		for (const command of ["refresh", "destroy"] as const) {
			const failed = await project[command]("--target", urnOf("disk-11"));
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
