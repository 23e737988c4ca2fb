import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { run } from "../cli/runCli";
import { describeWithEngine, type Lab, receivedSince, tokenIn, useLab, wish } from "./lab";

const roleChangeProgram = `
import * as pulumi from "@pulumi/pulumi";
import { VirtualDiskReplication } from "pulumi-storage-replication";
const config = new pulumi.Config();
const orders = new VirtualDiskReplication("orders", {
	source: { host: "east", virtualDisk: "Orders" },
	target: { host: "west", virtualDisk: "Orders-DR" },
	state: config.get<"active" | "suspended" | "reversed" | "failedOver">("state"),
	onRoleChange: config.get<"stop" | "adopt" | "repair">("onRoleChange"),
});
export const serving = orders.primary;
`;

/** An operation on request, by somebody who knows what the program will say, and with the consent that it asks for. */
async function operation({ project, sites }: Lab, number: string): Promise<void> {
	const hosts = join(project.folder, "hosts.json");
	const host = { kind: "simulator", file: sites.file };
	writeFileSync(hosts, JSON.stringify({ east: host, west: host }));
	const ends = ["--source", "east:Orders", "--target", "west:Orders-DR", "--hosts", hosts, "--json"];
	const asked = ["operation", number, ...ends, "--outside-pulumi", "--reason", "a test"];
	const first = await run(asked);
	const { approval } = JSON.parse(first.out) as { approval?: string };
	const { code, err } = approval === undefined ? first : await run([...asked, "--approve", approval]);
	expect(code, err).toBe(0);
}

describeWithEngine("somebody else changed the array", () => {
	const lab = useLab({ program: roleChangeProgram });

	test("a suspended copy is found by refresh and preview, and resumed by up", async () => {
		const { project, sites } = lab();
		expect((await project.up()).exitCode).toBe(0);
		await sites.change((world) => {
			for (const relationship of world.relationships) relationship.copyState = 9;
		});
		const refresh = await project.refresh("--diff");
		expect(refresh.text).toMatch(/copyState.*"Synchronized" => "Suspended"/);
		expect(project.state().orders?.outputs?.copyState).toBe("Suspended");
		const before = sites.calls().length;
		const up = await project.up();
		expect(up.exitCode, up.text).toBe(0);
		expect(receivedSince(lab(), before)).toEqual(["Resume at east"]);
	});

	test.each([
		["disks", "suspended", "Suspend"],
		["relationships", "active", "Resume"],
	] as const)(
		"a restarted Storage service that knows no %s yet takes nothing away, and up goes on",
		async (...given) => {
			const [hides, state, operation] = given;
			const { project, sites } = lab();
			const restart = async () => {
				for (const host of ["east", "west"]) await sites.addFault({ kind: "coldCache", host, hides });
			};
			await restart();
			const { id } = project.state().orders ?? {};
			const refresh = await project.refresh();
			expect(refresh.exitCode, refresh.text).toBe(0);
			expect(project.state().orders).toMatchObject({ id, outputs: { primary: { host: "east" } } });
			expect(sites.look().faults, "both hosts were told to discover").toEqual([]);

			await restart();
			await wish(lab(), { state });
			const before = sites.calls().length;
			// The preview is the one that meets the cold cache.
			const up = await project.run(["up", "--yes", "--diff"]);
			expect(up.exitCode, up.text).toBe(0);
			expect(up.text).toContain(`1. ${operation}`);
			expect(up.text).not.toContain("CreateReplica");
			expect(receivedSince(lab(), before)).toEqual([`${operation} at east`]);
		},
	);

	test("roles that an operation on request moved stop the next up", async () => {
		const { project, sites } = lab();
		const stops = async () => {
			const up = await project.up();
			expect(up.exitCode, up.text).not.toBe(0);
			expect(up.text).toContain("SR5003");
		};
		const before = sites.calls().length;
		await wish(lab(), { state: "active" });
		await operation(lab(), "10");
		await stops();
		await operation(lab(), "11");
		await operation(lab(), "20");
		await stops();
		await operation(lab(), "20");
		await wish(lab(), { state: "failedOver" });
		const up = await project.up();
		expect(up.exitCode, up.text).toBe(0);
		await operation(lab(), "11");
		await stops();
		await wish(lab(), { state: "active" });
		expect((await project.up()).exitCode).toBe(0);
		expect(receivedSince(lab(), before).map((call) => call.split(" ")[0])).toEqual([
			...["Failover", "Failback", "ReverseRoles", "ReverseRoles"],
			...["Failover", "Failback"],
		]);
	});

	test("changed roles stop an update, after a refresh as well: read does not touch the record", async () => {
		const { project, sites } = lab();
		await sites.changeRoles("Orders");
		const before = sites.calls().length;
		const up = await project.up("--refresh");
		expect(up.exitCode, up.text).not.toBe(0);
		expect(up.text).toContain("SR5003");
		expect(up.text).toContain("Orders-DR at west serves now");
		const again = await project.up();
		expect(again.text).toContain("SR5003");
		expect(receivedSince(lab(), before)).toEqual([]);
	});

	test("adopt takes the array's word, until the program wishes something else", async () => {
		const { project, sites } = lab();
		await wish(lab(), { onRoleChange: "adopt" });
		const before = sites.calls().length;
		const up = await project.up();
		expect(up.exitCode, up.text).toBe(0);
		expect(receivedSince(lab(), before)).toEqual([]);
		expect(project.state().orders?.outputs).toMatchObject({ direction: "reverse", primary: { host: "west" } });
		expect((await project.preview("--expect-no-changes")).exitCode).toBe(0);
		await wish(lab(), { state: "suspended" });
		expect((await project.up()).exitCode).toBe(0);
		expect(receivedSince(lab(), before)).toEqual(["Suspend at west"]);
	});

	test("repair plans the roles back", async () => {
		const { project, sites } = lab();
		await wish(lab(), { onRoleChange: "repair", state: "active" });
		const before = sites.calls().length;
		const up = await project.up();
		expect(up.exitCode, up.text).toBe(0);
		expect(receivedSince(lab(), before)).toEqual(["Resume at west", "ReverseRoles at west"]);
		expect(project.state().orders?.outputs).toMatchObject({ direction: "forward" });
	});

	test("a relationship that vanished is refused, not created anew", async () => {
		const { project, sites } = lab();
		await sites.change((world) => {
			world.relationships = [];
		});
		const before = sites.calls().length;
		const up = await project.up();
		expect(up.text).toMatch(/SR1003|needs approval|SR5001|SR5005/);
		expect(up.exitCode).not.toBe(0);
		expect(receivedSince(lab(), before)).toEqual([]);
	});
});

describeWithEngine("an update that fails half way", () => {
	const lab = useLab({ simulator: { profile: "srdf" } });

	test("keeps what is done, says what is not, and the next up goes on", async () => {
		const { project, sites } = lab();
		expect((await project.up()).exitCode).toBe(0);
		await wish(lab(), { state: "reversed" });
		const preview = await project.preview();
		expect(preview.text).toMatch(/1\. .*\n.*2\. .*/);
		const before = sites.calls().length;
		// The first operation works, the second one is refused once.
		await sites.addFault({ kind: "slow", factor: 1 });
		const firstUp = project.run(["up", "--yes", "--skip-preview"]);
		for (let tries = 0; tries < 400 && sites.calls().length === before; tries++) await pause(50);
		await sites.addFault({ kind: "returnCode", code: 4, effect: false, times: 1 });
		const failed = await firstUp;
		expect(failed.exitCode, failed.text).not.toBe(0);
		expect(failed.text).toMatch(/SR3001.*answered 4, Failed/s);
		expect(failed.text).toMatch(/Done: \w+ \(\d+\)[^.]*\. Sent, not proved: \w+ \(\d+\).*Not tried:/);
		expect(failed.text).not.toContain("nothing was changed");
		expect(project.state().orders?.initErrors).toHaveLength(1);
		expect(project.state().orders?.outputs?.record).toMatchObject({ interrupted: { step: 2 } });
		let up = await project.up();
		if (up.text.includes("SR5001")) {
			await wish(lab(), { approval: tokenIn(up.text) });
			up = await project.up();
		}
		expect(up.exitCode, up.text).toBe(0);
		expect(project.state().orders?.outputs).toMatchObject({ direction: "reverse", copyState: "Synchronized" });
		const effective = sites
			.calls()
			.slice(before)
			.filter(({ effect }) => effect);
		expect(new Set(effective.map(({ operation }) => operation)).size, "no operation took effect twice").toBe(
			effective.length,
		);
		expect((await project.preview("--expect-no-changes")).exitCode).toBe(0);
	});
});

function pause(ms: number): Promise<void> {
	return new Promise((resolve) => setTimeout(resolve, ms));
}
