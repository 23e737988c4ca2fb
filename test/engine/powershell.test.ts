import { dirname } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ensureEngine } from "../../scripts/engine";
import { installPackage } from "../../scripts/installedPackage";
import { endOf, PulumiProject } from "../../scripts/pulumiProject";
import { describeWithPowerShell } from "../powershell/describeWithPowerShell";
import { requirePwsh } from "../powershell/realPowerShell";
import { StandIn, type StandInState, twoArrays } from "../powershell/standIn";
import { describeWithEngine, operationsIn, tokenIn } from "./lab";

const password = "canary-5f1d";

interface Variant {
	readonly name: string;
	readonly hosts: Record<"east" | "west", Record<string, string>>;
	readonly secrets?: Record<string, string>;
	readonly change?: (state: StandInState) => void;
	/** The first operation is answered 40003. */
	readonly refusedFirst?: true;
}

const local = { east: { kind: "local" }, west: { kind: "local" } };

const variants: readonly Variant[] = [
	{ name: "local, jobs that complete, codes as exceptions", hosts: local },
	{
		name: "local, no RunAsJob, codes as values, jobs never, states at once",
		hosts: local,
		change: ({ settings }) => Object.assign(settings, { runAsJob: false, codesAs: "value", jobs: "never", reads: 0 }),
	},
	{
		name: "local, jobs that vanish without a reference, noise around every answer",
		hosts: local,
		change: (state) => {
			Object.assign(state.settings, { jobs: "always", jobOutcome: "vanish", jobReference: false });
			state.faults.push({ on: "Get-CimInstance", times: 200, kind: "noise", text: "WARNING: <<PSR:zz:!!>> 日本" });
		},
	},
	{
		name: "cim with credentials, cache out of date once",
		refusedFirst: true,
		hosts: {
			east: { kind: "cim", computerName: "mgmt-east", "credential.username": "svc" },
			west: { kind: "cim", computerName: "mgmt-west", "credential.username": "svc" },
		},
		secrets: {
			"storageReplication:hosts.east.credential.password": password,
			"storageReplication:hosts.west.credential.password": password,
		},
		change: (state) => {
			state.stale = true;
			for (const host of Object.values(state.hosts)) host.credential = { username: "svc", password };
		},
	},
];

const program = `
import * as pulumi from "@pulumi/pulumi";
import { VirtualDiskReplication } from "pulumi-storage-replication";
const config = new pulumi.Config();
const disk = new VirtualDiskReplication("disk", {
	source: { host: "east", virtualDisk: "Disk0000" },
	target: { host: "west", virtualDisk: "Disk0000-DR" },
	syncMode: "synchronous",
	state: config.get<"active" | "suspended" | "reversed" | "failedOver">("state"),
	lost: config.get<"source">("lost"),
	approval: config.get("approval"),
});
export const serving = disk.primary;
`;

for (const variant of variants) {
	describeWithPowerShell(`through the real engine and the real PowerShell: ${variant.name}`, () => {
		describeWithEngine("a whole life", () => {
			let project: PulumiProject;
			let standIn: StandIn;

			beforeAll(async () => {
				standIn = new StandIn(
					twoArrays(1, (state) => {
						for (const relationship of state.relationships)
							Object.assign(relationship, { syncMode: 2, behindSeconds: null });
						variant.change?.(state);
					}),
				);
				const PATH = `${dirname(requirePwsh())}:${process.env.PATH ?? ""}`;
				const environment = { ...process.env, ...standIn.environment, PATH };
				project = await PulumiProject.create(installPackage(), await ensureEngine(), {
					program,
					environment,
					...(variant.secrets === undefined ? {} : { secrets: variant.secrets }),
				});
				for (const [host, entry] of Object.entries(variant.hosts)) {
					for (const [key, value] of Object.entries(entry))
						await project.setConfig(`storageReplication:hosts.${host}.${key}`, value);
				}
			});
			afterAll(() => project.remove());

			const texts: string[] = [];
			async function apply(values: Record<string, string>): Promise<void> {
				for (const [key, value] of Object.entries(values)) {
					if (value === "") await project.run(["config", "rm", key]);
					else await project.setConfig(key, value);
				}
				const before = sent().length;
				let up = await project.up();
				if (up.text.includes("SR5001")) {
					expect(sent().length, "nothing is sent without approval").toBe(before);
					await project.setConfig("approval", tokenIn(up.text));
					up = await project.up();
				}
				texts.push(up.text);
				expect(up.exitCode, up.text).toBe(0);
				// 40003 says that nothing was done, and is the one answer after which an operation is sent again.
				const took = sent()
					.slice(before)
					.slice(variant.refusedFirst && before === 0 ? 1 : 0);
				const planned = project.state().disk?.outputs?.plannedOperations as string[];
				expect(took).toEqual(operationsIn(planned).map((line) => line.split(" ")[0]));
			}

			const names: Record<number, string> = {
				8: "Detach",
				10: "Failover",
				11: "Failback",
				16: "Resume",
				20: "ReverseRoles",
				22: "Suspend",
			};
			const sent = () => standIn.operations().map((operation) => names[Number(operation)] ?? String(operation));

			test("active, suspended, active, reversed, active, failedOver with a token, active, gone", async () => {
				await apply({ state: "active" });
				await apply({ state: "suspended" });
				await apply({ state: "active" });
				await apply({ state: "reversed" });
				await apply({ state: "active" });
				await apply({ state: "failedOver", lost: "source" });
				await apply({ state: "active", lost: "" });
				const destroyed = await project.destroy();
				texts.push(destroyed.text, project.stateText());
				expect(destroyed.exitCode, destroyed.text).toBe(0);
				expect(standIn.read().relationships).toEqual([]);
				for (const text of texts) expect(text).not.toContain(password);
			}, 300_000);
		});
	});
}

describeWithPowerShell("through the real engine and the real PowerShell: what dies in mid-call", () => {
	describeWithEngine("loses nothing", () => {
		let project: PulumiProject;
		let standIn: StandIn;

		beforeAll(async () => {
			standIn = new StandIn(
				twoArrays(1, (state) => {
					for (const relationship of state.relationships)
						Object.assign(relationship, { syncMode: 2, behindSeconds: null });
				}),
			);
			const PATH = `${dirname(requirePwsh())}:${process.env.PATH ?? ""}`;
			project = await PulumiProject.create(installPackage(), await ensureEngine(), {
				program,
				environment: { ...process.env, ...standIn.environment, PATH },
			});
			for (const host of ["east", "west"]) await project.setConfig(`storageReplication:hosts.${host}.kind`, "local");
			expect((await project.up()).exitCode).toBe(0);
		});
		afterAll(() => project.remove());

		const effects = (from: number) => standIn.operations().slice(from);

		test("PowerShell that dies after the effect: the same up goes on from what it finds", async () => {
			const before = standIn.operations().length;
			standIn.change((state) => state.faults.push({ on: "SetReplicationRelationship", times: 1, kind: "exitAfter" }));
			await project.setConfig("state", "suspended");
			const up = await project.up();
			expect(up.exitCode, up.text).toBe(0);
			expect(effects(before)).toEqual([22]);
		});

		test("PowerShell that dies before the effect: nothing is sent again in that run, the next up goes on", async () => {
			standIn.change((state) => state.faults.push({ on: "SetReplicationRelationship", times: 1, kind: "exit" }));
			await project.setConfig("state", "active");
			const failed = await project.up();
			expect(failed.exitCode, failed.text).not.toBe(0);
			expect(failed.text).toContain("SR4002");
			const before = standIn.operations().length;
			const up = await project.up();
			expect(up.exitCode, up.text).toBe(0);
			expect(effects(before)).toEqual([16]);
			expect(standIn.read().relationships[0]).toMatchObject({ copyState: 4 });
		});

		test("a Failover cut off after its effect is not repeated on an array that would undo it", async () => {
			const before = standIn.operations().length;
			standIn.change((state) => state.faults.push({ on: "SetReplicationRelationship", times: 1, kind: "exitAfter" }));
			await project.setConfig("state", "failedOver");
			let up = await project.up();
			if (up.text.includes("SR5001")) {
				await project.setConfig("approval", tokenIn(up.text));
				up = await project.up();
			}
			expect(up.exitCode, up.text).toBe(0);
			expect((await project.up()).exitCode).toBe(0);
			expect(effects(before)).toEqual([10]);
			expect(standIn.read().relationships[0]).toMatchObject({ copyState: 10 });
		});

		test("a job that fails is told, and the next up goes on", async () => {
			standIn.change((state) => {
				state.settings.jobOutcome = "fail";
			});
			await project.setConfig("state", "active");
			let failed = await project.up();
			if (failed.text.includes("SR5001")) {
				await project.setConfig("approval", tokenIn(failed.text));
				failed = await project.up();
			}
			expect(failed.exitCode, failed.text).not.toBe(0);
			expect(failed.text).toContain("SR3002");
			standIn.change((state) => {
				state.settings.jobOutcome = "complete";
			});
			let up = await project.up();
			if (up.text.includes("SR5001")) {
				await project.setConfig("approval", tokenIn(up.text));
				up = await project.up();
			}
			expect(up.exitCode, up.text).toBe(0);
			expect(standIn.read().relationships[0]).toMatchObject({ copyState: 4 });
		});

		test("node killed while PowerShell is in the call: cancel and up go on, nothing is sent twice", async () => {
			const before = standIn.operations().length;
			standIn.change((state) =>
				state.faults.push({ on: "SetReplicationRelationship", times: 1, kind: "delay", ms: 3_000 }),
			);
			await project.setConfig("state", "suspended");
			const child = project.start(["up", "--yes", "--skip-preview"]);
			const ended = endOf(child, "pulumi up");
			for (let tries = 0; tries < 600 && standIn.operations().length === before; tries++) await pause(50);
			child.kill("SIGKILL");
			await ended;
			await pause(6_000);
			await project.cancel();
			const up = await project.up();
			expect(up.exitCode, up.text).toBe(0);
			expect(effects(before)).toEqual([22]);
		});
	});
});

function pause(ms: number): Promise<void> {
	return new Promise((resolve) => setTimeout(resolve, ms));
}
