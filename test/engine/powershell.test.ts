import { rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ensureEngine, withFirstOnPath } from "../../scripts/engine";
import { installPackage } from "../../scripts/installedPackage";
import { endOf, PulumiProject } from "../../scripts/pulumiProject";
import { describeWithPowerShell } from "../powershell/describeWithPowerShell";
import { everyNoise, Judge, type JudgeKnobs } from "../powershell/judge";
import { requirePwsh } from "../powershell/realPowerShell";
import { StandIn, twoArrays } from "../powershell/standIn";
import { temporaryFolder } from "../temporaryFolder";
import { describeWithEngine, operationsIn, tokenIn } from "./lab";

const password = "canary-5f1d";

interface Variant {
	readonly name: string;
	readonly hosts: Record<"east" | "west", Record<string, string>>;
	readonly secrets?: Record<string, string>;
	readonly knobs: JudgeKnobs;
	/** What is declared between the adoption and the loss of the source. */
	readonly states: readonly ("active" | "suspended" | "split" | "reversed")[];
}

const local = { east: { kind: "local" }, west: { kind: "local" } };
const cim = (more: Record<string, string> = {}) => ({
	east: { kind: "cim", computerName: "east", ...more },
	west: { kind: "cim", computerName: "west", ...more },
});

/** Two ways to a host and to answer, as different as they come; each knob by itself has its life in test/powershell/judge.test.ts. */
const variants: readonly Variant[] = [
	{
		name: "local, jobs that complete, codes as exceptions, a Failover that toggles",
		hosts: local,
		knobs: { failoverAgain: "toggle" },
		states: ["suspended", "active", "split", "active", "reversed", "active"],
	},
	{
		name: "cim with credentials, jobs that vanish, codes as values in streamed outputs, talk on every stream, a stale cache",
		hosts: cim({ "credential.username": "svc" }),
		secrets: {
			"storageReplication:hosts.east.credential.password": password,
			"storageReplication:hosts.west.credential.password": password,
		},
		knobs: {
			jobs: "always",
			jobOutcome: "vanishesMidRun",
			codesAs: "returnValue",
			streamed: true,
			noise: everyNoise,
			stale: "everyOp",
			failoverAgain: "toggle",
		},
		states: ["suspended", "active"],
	},
];

const programFor = (source: string, target: string) => `
import * as pulumi from "@pulumi/pulumi";
import { VirtualDiskReplication } from "pulumi-storage-replication";
const config = new pulumi.Config();
const disk = new VirtualDiskReplication("disk", {
	source: { host: "east", virtualDisk: ${JSON.stringify(source)} },
	target: { host: "west", virtualDisk: ${JSON.stringify(target)}, ...config.getObject<object>("made") },
	syncMode: "synchronous",
	state: config.get<"active" | "suspended" | "reversed" | "failedOver" | "split">("state"),
	lost: config.get<"source">("lost"),
	approval: config.get("approval"),
});
export const serving = disk.primary;
`;

for (const variant of variants) {
	describeWithPowerShell(`before the judge, through the real engine and the real PowerShell: ${variant.name}`, () => {
		describeWithEngine("a whole life", () => {
			let project: PulumiProject;
			let judge: Judge;

			beforeAll(async () => {
				judge = new Judge(variant.hosts === local ? "local" : "two-machines", variant.knobs);
				if (variant.secrets !== undefined) {
					await judge.change(({ machines }) => {
						for (const name of ["east", "west"])
							Object.assign(machines[name] ?? {}, { credential: { user: "svc", password } });
					});
				}
				project = await PulumiProject.create(installPackage(), await ensureEngine(), {
					program: programFor("Sales", "Sales DR"),
					environment: withFirstOnPath(dirname(requirePwsh()), { ...process.env, ...judge.environment }),
					...(variant.secrets === undefined ? {} : { secrets: variant.secrets }),
				});
				await project.configure(
					Object.fromEntries(
						Object.entries(variant.hosts).flatMap(([host, entry]) =>
							Object.entries(entry).map(([key, value]) => [`storageReplication:hosts.${host}.${key}`, value]),
						),
					),
				);
			});
			afterAll(() => project.remove());

			const texts: string[] = [];
			async function apply(values: Record<string, string>): Promise<void> {
				await project.configure(values);
				const before = judge.calls().length;
				let up = await project.up();
				if (up.text.includes("SR5001")) {
					expect(judge.calls().length, "nothing is sent without approval").toBe(before);
					await project.configure({ approval: tokenIn(up.text) });
					up = await project.up();
				}
				texts.push(up.text);
				expect(up.exitCode, up.text).toBe(0);
				const planned = project.state().disk?.outputs?.plannedOperations as string[];
				expect(judge.taken(before)).toEqual(operationsIn(planned).map((line) => line.split(" ")[0]));
			}

			test("the states of the variant, a job that fails, the loss of the source, and gone in the end", async () => {
				await apply({ state: "active" });
				const { jobs, jobOutcome = "completes" } = variant.knobs;
				if (jobs !== "never") {
					await judge.change(({ config }) => Object.assign(config, { jobOutcome: "fails" }));
					await project.configure({ state: "suspended" });
					const failed = await project.up();
					expect(failed.exitCode, failed.text).not.toBe(0);
					expect(failed.text).toContain("SR3002");
					await judge.change(({ config }) => Object.assign(config, { jobOutcome }));
				}
				for (const state of variant.states) await apply({ state });
				const link = (state: "up" | "down") =>
					judge.change(({ pairs }) => {
						for (const pair of pairs) pair.link = state;
					});
				await link("down");
				await apply({ state: "failedOver", lost: "source" });
				await link("up");
				await apply({ state: "active", lost: "" });
				const destroyed = await project.destroy();
				texts.push(destroyed.text, project.stateText());
				expect(destroyed.exitCode, destroyed.text).toBe(0);
				expect(judge.read().pairs.filter(({ id }) => id === "p1")).toEqual([]);
				expect(judge.events().filter(({ toggled }) => toggled)).toEqual([]);
				for (const text of texts) expect(text).not.toContain(password);
			});
		});
	});
}

describeWithPowerShell("through the real engine and the real PowerShell: what dies in mid-call", () => {
	describeWithEngine("loses nothing", () => {
		let project: PulumiProject;
		let standIn: StandIn;
		const clock = join(temporaryFolder("clock"), "jump");

		beforeAll(async () => {
			standIn = new StandIn(
				twoArrays(1, (state) => {
					for (const relationship of state.relationships)
						Object.assign(relationship, { syncMode: 2, behindSeconds: null });
				}),
			);
			project = await PulumiProject.create(installPackage(), await ensureEngine(), {
				program: programFor("Disk0000", "Disk0000-DR"),
				environment: withFirstOnPath(dirname(requirePwsh()), {
					...process.env,
					...standIn.environment,
					NODE_OPTIONS: `--require ${join(__dirname, "..", "clockJump.cjs")}`,
					CLOCK_JUMP: clock,
				}),
			});
			await project.configure(
				Object.fromEntries(["east", "west"].map((host) => [`storageReplication:hosts.${host}.kind`, "local"])),
			);
			expect((await project.up()).exitCode).toBe(0);
		});
		afterAll(() => project.remove());

		const effects = (from: number) => standIn.operations().slice(from);

		test("PowerShell that dies after the effect: the same up goes on from what it finds", async () => {
			const before = standIn.operations().length;
			standIn.change((state) => state.faults.push({ on: "SetReplicationRelationship", times: 1, kind: "exitAfter" }));
			await project.configure({ state: "suspended" });
			const up = await project.up();
			expect(up.exitCode, up.text).toBe(0);
			expect(effects(before)).toEqual([22]);
		});

		test("PowerShell that dies before the effect: nothing is sent again in that run, the next up goes on", async () => {
			standIn.change((state) => state.faults.push({ on: "SetReplicationRelationship", times: 1, kind: "exit" }));
			await project.configure({ state: "active" });
			const failed = await project.up();
			expect(failed.exitCode, failed.text).not.toBe(0);
			expect(failed.text).toContain("SR4002");
			const before = standIn.operations().length;
			const up = await project.up();
			expect(up.exitCode, up.text).toBe(0);
			expect(effects(before)).toEqual([16]);
			expect(standIn.read().relationships[0]).toMatchObject({ copyState: 4 });
		});

		test.each([6, -6])(
			"a clock that jumps by %i hours in the middle of a step: it is waited for as ever",
			async (hours) => {
				const before = standIn.operations().length;
				standIn.change((state) => {
					state.settings.reads = 12;
				});
				await project.configure({ state: "suspended" });
				const ended = endOf(project.start(["up", "--yes", "--skip-preview"]), "pulumi up");
				for (let tries = 0; tries < 600 && standIn.operations().length === before; tries++) await pause(50);
				writeFileSync(clock, String(hours * 3_600_000));
				const up = await ended;
				rmSync(clock);
				standIn.change((state) => {
					state.settings.reads = 1;
				});
				expect(up.exitCode, up.text).toBe(0);
				expect(effects(before)).toEqual([22]);
				await project.configure({ state: "active" });
				const again = await project.up();
				expect(again.exitCode, again.text).toBe(0);
				expect(effects(before)).toEqual([22, 16]);
			},
		);

		test("a Failover cut off after its effect is not repeated on an array that would undo it", async () => {
			const before = standIn.operations().length;
			standIn.change((state) => state.faults.push({ on: "SetReplicationRelationship", times: 1, kind: "exitAfter" }));
			await project.configure({ state: "failedOver" });
			let up = await project.up();
			if (up.text.includes("SR5001")) {
				await project.configure({ approval: tokenIn(up.text) });
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
			await project.configure({ state: "active" });
			let failed = await project.up();
			if (failed.text.includes("SR5001")) {
				await project.configure({ approval: tokenIn(failed.text) });
				failed = await project.up();
			}
			expect(failed.exitCode, failed.text).not.toBe(0);
			expect(failed.text).toContain("SR3002");
			standIn.change((state) => {
				state.settings.jobOutcome = "complete";
			});
			let up = await project.up();
			if (up.text.includes("SR5001")) {
				await project.configure({ approval: tokenIn(up.text) });
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
			await project.configure({ state: "suspended" });
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

		test("a replica that a job makes and the array names in its own way: in the mode wished for, known by its id, made once", async () => {
			expect((await project.destroy()).exitCode).toBe(0);
			standIn.change((state) => {
				state.disks = state.disks.filter(({ array }) => array === "East");
				state.settings.ownNames = true;
			});
			await project.configure({
				state: "active",
				made: JSON.stringify({ storageSubsystem: "West", storagePool: "West pool" }),
			});
			const up = await project.up();
			expect(up.exitCode, up.text).toBe(0);
			const made = standIn.read().disks.find(({ array }) => array === "West");
			expect(made?.friendlyName).toMatch(/^vol-/);
			expect(standIn.read().relationships).toMatchObject([{ target: made?.uniqueId, copyState: 4, syncMode: 2 }]);
			expect(project.state().disk?.outputs).toMatchObject({ targetUniqueId: made?.uniqueId });
			const again = await project.preview("--expect-no-changes");
			expect(again.exitCode, again.text).toBe(0);
			expect(standIn.calls().filter(({ method }) => method === "CreateReplica")).toHaveLength(1);
		});
	});
});

function pause(ms: number): Promise<void> {
	return new Promise((resolve) => setTimeout(resolve, ms));
}
